import assert from 'node:assert/strict';
import { treeLines } from '../../src/client/cli/view/tree-view.ts';
import { familyTree } from '../../src/client/family-tree.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';
import type { StatusDocument } from '../../src/contracts/status.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { call } from '../support/agent-builder.ts';
import { begin, done, ends, parent } from '../support/families.ts';

/** A parent of two, of which the first has ended. */
function family(): StatusDocument {
  const agent = parent().asks(
    call('delegate', { agent: 'reader', input: 'Read.' }),
    call('delegate', { agent: 'critic', input: 'Judge.' }),
  );
  return statusDocument(ends(begin(begin(agent, 0), 1), done('read'), 0).state);
}

describe('the tree below an agent', () => {
  it('has everybody, with state and cost, and what each waits for', async () => {
    const root = family();
    const [first, second] = root.children ?? [];
    const tree = await familyTree(root, (agent) => {
      const { children: _none, ...status } = root;
      if (agent === first?.agent) return Promise.resolve({ ...root, agent, children: [] });
      return Promise.resolve({ ...status, agent, definition: { name: 'critic', hash: '' } });
    });
    assert.deepEqual(
      tree.below.map(({ agent, waitsFor }) => [agent, waitsFor]),
      [
        [first?.agent, ['child']],
        [second?.agent, ['child']],
      ],
    );
    assert.match(
      treeLines(tree).at(-1) ?? '',
      /^└─ a1\.t1-2-[0-9a-f]{6} \(critic\) waiting for child, 4 turns, \$0\.03$/,
    );
  });

  it('shows one that can not be asked as its parent knows it', async () => {
    const tree = await familyTree(family(), () => Promise.reject(new GatewayError('NotFound', 'gone')));
    assert.deepEqual(
      tree.below.map(({ definition, status }) => [definition, status]),
      [
        ['reader', 'completed'],
        ['critic', 'open'],
      ],
    );
  });

  it('ends somewhere', async () => {
    const root = family();
    let asked = 0;
    // A status that names children for ever.
    await familyTree(root, (agent) => {
      asked += 1;
      return Promise.resolve({ ...root, agent });
    });
    assert.ok(asked <= 200);
  });
});
