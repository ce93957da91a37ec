import assert from 'node:assert/strict';
import { ContextCache } from '../../src/activities/context-cache.ts';
import type { ContextEntry } from '../../src/contracts/state.ts';
import type { ContextPage } from '../../src/contracts/status.ts';

const entry = (text: string): ContextEntry => ({ turn: 1, at: 0, message: { role: 'user', text } });
const roomy = 1_000_000;
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
    const cache = new ContextCache(roomy);
    cache.feed({ agentId: 'a', contextHash: 'h1', entries: [entry('1')], tools: [] });
    cache.feed({ agentId: 'a', after: 'h1', contextHash: 'h2', entries: [entry('2')] });
    const { entries } = await cache.get('a', 'h2', never);
    assert.deepEqual(entries, [entry('1'), entry('2')]);
  });

  it('asks page by page for what it does not know, and remembers it', async () => {
    const cache = new ContextCache(roomy);
    const all = ['1', '2', '3', '4', '5'].map(entry);
    assert.deepEqual((await cache.get('a', 'h', workflow('h', all))).entries, all);
    assert.deepEqual((await cache.get('a', 'h', never)).entries, all);
  });

  it('does not trust news that skips a step', async () => {
    const cache = new ContextCache(roomy);
    cache.feed({ agentId: 'a', contextHash: 'h1', entries: [entry('1')], tools: [] });
    cache.feed({ agentId: 'a', after: 'h7', contextHash: 'h8', entries: [entry('8')] });
    const all = [entry('whole')];
    assert.deepEqual((await cache.get('a', 'h8', workflow('h8', all))).entries, all);
  });

  it('does not answer for a context that the agent has left behind', async () => {
    const cache = new ContextCache(roomy);
    await assert.rejects(cache.get('a', 'old', workflow('new', [entry('x')])), {
      type: 'LeaseLost',
      nonRetryable: true,
    });
  });

  /** Whether the cache knows the context of this agent without asking. */
  async function knows(cache: ContextCache, agentId: string): Promise<boolean> {
    const asked: number[] = [];
    await cache.get(agentId, 'h', (offset) => {
      asked.push(offset);
      return workflow('h', [entry('x')])(offset);
    });
    return asked.length === 0;
  }
  function feed(cache: ContextCache, agentId: string, text: string): void {
    cache.feed({ agentId, contextHash: 'h', entries: [entry(text)], tools: [] });
  }

  it('keeps a bounded number, dropping the one that was not used for longest', async () => {
    const cache = new ContextCache(Infinity);
    for (let index = 0; index <= 1_000; index += 1) feed(cache, `a${index}`, 'x');
    assert.equal(await knows(cache, 'a1000'), true);
    assert.equal(await knows(cache, 'a0'), false);
  });

  it('keeps a bounded number of bytes, dropping the ones that were not used for longest', async () => {
    const cache = new ContextCache(100_000);
    for (const agentId of ['a', 'b', 'c']) feed(cache, agentId, 'x'.repeat(15_000));
    assert.equal(await knows(cache, 'a'), true);
    feed(cache, 'd', 'x'.repeat(15_000));
    assert.deepEqual([await knows(cache, 'd'), await knows(cache, 'a')], [true, true]);
    assert.equal(await knows(cache, 'b'), false);
  });

  it('counts what a context grows by, and forgets what a dropped one took', async () => {
    const cache = new ContextCache(100_000);
    for (let round = 0; round < 50; round += 1) {
      feed(cache, 'a', 'x'.repeat(15_000));
      cache.feed({ agentId: 'a', after: 'skipped', contextHash: 'other', entries: [], tools: [] });
    }
    feed(cache, 'b', 'x');
    feed(cache, 'a', 'x'.repeat(15_000));
    assert.equal(await knows(cache, 'b'), true, 'there was room for both');
    const grown = entry('x'.repeat(40_000));
    cache.feed({ agentId: 'a', after: 'h', contextHash: 'h', entries: [grown] });
    assert.equal(await knows(cache, 'b'), false, 'there is no longer');
  });

  it('does without one that is larger than all it may hold', async () => {
    const cache = new ContextCache(1_000);
    feed(cache, 'a', 'x'.repeat(2_000));
    assert.equal(await knows(cache, 'a'), false);
    feed(cache, 'b', 'x');
    assert.equal(await knows(cache, 'b'), true);
  });
});
