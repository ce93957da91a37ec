import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EffectClass } from '../../src/contracts/tool.ts';
import { type AnyTool, RateLimited, ToolUnavailable } from '../../src/tools/define-tool.ts';
import { toolKit } from '../../src/tools/kit.ts';
import { contextOf, removeTemporaryFolders, temporaryFolder } from '../tools/support.ts';
import moveStock from './examples/move-stock.ts';
import { openTicket } from './examples/open-ticket.ts';
import { orderPart } from './examples/order-part.ts';
import { sendFax } from './examples/send-fax.ts';
import { page, section } from './pages.ts';

const folder = join(import.meta.dirname, 'examples');

/** An example as it reads where a tool or its test would lie. */
function inPlace(file: string): string {
  return readFileSync(join(folder, file), 'utf8')
    .replaceAll("'../../../src/tools/", "'./")
    .replaceAll("'../../tools/support.ts'", "'./support.ts'")
    .replaceAll("'./count-words.ts'", "'../../src/tools/count-words.ts'")
    .trim();
}

describe('docs/tools.md', () => {
  const text = page('tools.md');
  afterEach(removeTemporaryFolders);

  for (const file of readdirSync(folder)) {
    it(`holds ${file} word for word`, () => {
      assert.ok(text.includes(`\n\`\`\`ts\n${inPlace(file)}\n\`\`\`\n`));
    });
  }

  it('holds no other code', () => {
    assert.equal([...text.matchAll(/^```ts$/gm)].length, readdirSync(folder).length);
  });

  it('has a section for each effect class', () => {
    const effects = section(text, '## Effects: what happens when the worker dies');
    assert.deepEqual(
      [...effects.matchAll(/^### `(.+)`$/gm)].map(([, name]) => name),
      EffectClass.options,
    );
  });

  it('has examples that do as they say', async () => {
    const context = contextOf(temporaryFolder());
    const seen: unknown[] = [];
    const ticket = openTicket({
      project: (name) => Promise.resolve(name === 'p' ? { open: true, customers: 7 } : undefined),
      open: ({ key, title }) => Promise.resolve(seen.push(key) > 1 ? undefined : { id: title }),
    });
    const asked = { project: 'p', title: 'Leak' };
    assert.deepEqual(await ticket.assess?.(asked, context), { known: true, open: true, customers: 7 });
    assert.deepEqual(await ticket.run(asked, context), { id: 'Leak' });
    await assert.rejects(ticket.run(asked, context), ToolUnavailable);
    await assert.rejects(ticket.run({ ...asked, project: 'q' }, context), { type: 'NotFound' });
    const orders = new Map<string, { number: string }>();
    const order = orderPart({
      order: (part, count, reference) => {
        if (part === 'rare') return Promise.resolve(undefined);
        return Promise.resolve(orders.set(reference, { number: `${part},${count}` }).get(reference));
      },
      find: (reference) => Promise.resolve(orders.get(reference)),
    });
    const { key } = context;
    await assert.rejects(order.run({ part: 'rare', count: 2 }, context), RateLimited);
    assert.deepEqual(await order.reconcile?.(key, { part: 'x', count: 2 }, context), { type: 'not-done' });
    assert.deepEqual(await order.run({ part: 'x', count: 2 }, context), { number: 'x,2' });
    assert.deepEqual(await order.reconcile?.(key, { part: 'x', count: 2 }, context), {
      ...{ type: 'done', result: { number: 'x,2' } },
    });
    const fax = sendFax({ send: () => Promise.resolve({ pages: 1 }) });
    assert.deepEqual(await fax.run({ number: '+4930123', text: 'x' }, context), { pages: 1 });
    const stock = moveStock(toolKit);
    const effects = [ticket, order, fax, stock].map(({ manifest }: AnyTool) => manifest.effect);
    assert.deepEqual(effects, ['idempotent', 'reconcilable', 'once', 'idempotent']);
  });
});
