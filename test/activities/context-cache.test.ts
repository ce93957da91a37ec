import assert from 'node:assert/strict';
import { ContextCache } from '../../src/activities/context-cache.ts';
import type { ContextEntry } from '../../src/contracts/state.ts';
import type { ContextPage } from '../../src/contracts/status.ts';

const entry = (text: string): ContextEntry => ({ turn: 1, at: 0, message: { role: 'user', text } });
const never = (): Promise<ContextPage> => assert.fail('it was asked of the workflow');

/** A workflow that holds these entries and answers two a page. */
function workflow(contextHash: string, entries: ContextEntry[]): (offset: number) => Promise<ContextPage> {
  return (offset) =>
    Promise.resolve({
      contextHash,
      total: entries.length,
      offset,
      entries: entries.slice(offset, offset + 2),
      tools: [],
    });
}

describe('context cache', () => {
  it('knows what the workflow has fed it, without asking', async () => {
    const cache = new ContextCache();
    cache.feed({ agentId: 'a', contextHash: 'h1', entries: [entry('1')], tools: [] });
    cache.feed({ agentId: 'a', after: 'h1', contextHash: 'h2', entries: [entry('2')] });
    const { entries } = await cache.get('a', 'h2', never);
    assert.deepEqual(entries, [entry('1'), entry('2')]);
  });

  it('asks page by page for what it does not know, and remembers it', async () => {
    const cache = new ContextCache();
    const all = ['1', '2', '3', '4', '5'].map(entry);
    assert.deepEqual((await cache.get('a', 'h', workflow('h', all))).entries, all);
    assert.deepEqual((await cache.get('a', 'h', never)).entries, all);
  });

  it('does not trust news that skips a step', async () => {
    const cache = new ContextCache();
    cache.feed({ agentId: 'a', contextHash: 'h1', entries: [entry('1')], tools: [] });
    cache.feed({ agentId: 'a', after: 'h7', contextHash: 'h8', entries: [entry('8')] });
    const all = [entry('whole')];
    assert.deepEqual((await cache.get('a', 'h8', workflow('h8', all))).entries, all);
  });

  it('does not answer for a context that the agent has left behind', async () => {
    const cache = new ContextCache();
    await assert.rejects(cache.get('a', 'old', workflow('new', [entry('x')])), {
      type: 'LeaseLost',
      nonRetryable: true,
    });
  });

  it('keeps a bounded number, dropping the one that was not used for longest', async () => {
    const cache = new ContextCache();
    for (let index = 0; index <= 500; index += 1) {
      cache.feed({ agentId: `a${index}`, contextHash: 'h', entries: [entry('x')], tools: [] });
    }
    let asked = 0;
    const count = (offset: number): Promise<ContextPage> => {
      asked += 1;
      return workflow('h', [entry('x')])(offset);
    };
    await cache.get('a500', 'h', never);
    await cache.get('a0', 'h', count);
    assert.equal(asked, 1);
  });
});
