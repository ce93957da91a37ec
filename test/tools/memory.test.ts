import { strict as assert } from 'node:assert';
import { agentMemory } from '../../src/activities/agent-memory.ts';
import type { ToolInvocation } from '../../src/contracts/tool.ts';
import type { RunContext } from '../../src/tools/define-tool.ts';
import { memoriesIn } from '../support/memories.ts';
import { contextOf, removeTemporaryFolders, run, temporaryFolder } from './support.ts';

interface Found {
  memories: { id: string; text: string; label?: string; agent: string; turn: number; at: string }[];
  more: boolean;
}

describe('remember and recall', () => {
  afterEach(removeTemporaryFolders);

  /** Contexts of calls, as a worker makes them, over one store. */
  function worker(scope: 'agent' | 'definition' = 'definition') {
    const memories = memoriesIn();
    return (key: string, agentId = 'desk-1', turn = 2): RunContext => {
      const context = contextOf(temporaryFolder(), key);
      const memory = { definition: 'desk', scope };
      const call: ToolInvocation = { agentId, turn, index: 0, tool: 'remember', args: {}, key, memory };
      return { ...context, agentId, ...agentMemory(call, { memories, resources: context }) };
    };
  }
  const recall = async (args: object, context: RunContext): Promise<Found> =>
    (await run('recall', args, context)) as Found; // The tool's own schema has checked it.

  it('recalls with source and time what was remembered', async () => {
    const call = worker();
    const kept = await run('remember', { text: '  Ann decides.  ', label: 'people' }, call('run-1/2/0/a'));
    assert.deepEqual(
      await run('remember', { text: 'Ann decides.', label: 'people' }, call('run-1/2/0/a')),
      kept,
    );
    const { id } = kept as { id: string };
    const found = await recall({ query: 'who decides?' }, call('run-2/1/0/b', 'desk-2', 1));
    const at = '2030-01-02T03:04:05.000Z';
    assert.deepEqual(found, {
      memories: [{ id, text: 'Ann decides.', label: 'people', agent: 'desk-1', turn: 2, at }],
      more: false,
    });
  });

  it('recalls for another agent nothing that was not shared', async () => {
    const call = worker('agent');
    await run('remember', { text: 'mine' }, call('run-1/2/0/a'));
    assert.equal((await recall({ query: 'mine' }, call('run-1/3/0/b'))).memories.length, 1);
    assert.equal((await recall({ query: 'mine' }, call('run-2/1/0/c'))).memories.length, 0);
  });

  it('shows no more than fits into a page, and says that there is more', async () => {
    const call = worker();
    for (let count = 0; count < 6; count += 1) {
      await run('remember', { text: `long ${'x'.repeat(3_990)} ${count}` }, call(`run-1/2/${count}/a`));
    }
    const paged = await recall({ query: 'long' }, call('run-1/3/0/b'));
    assert.deepEqual([paged.memories.length, paged.more], [4, true]);
    const limited = await recall({ query: 'long', limit: 1 }, call('run-1/3/0/b'));
    assert.deepEqual([limited.memories.length, limited.more], [1, true]);
  });

  it('refuses what is empty or too long, and does nothing without a lease', async () => {
    const call = worker();
    for (const args of [
      { text: ' ' },
      { text: 'x'.repeat(4_001) },
      { text: 'x', label: '' },
      { words: 'x' },
    ]) {
      await assert.rejects(run('remember', args, call('run-1/2/0/a')), { type: 'Invalid' });
    }
    const lost = { ...call('run-1/2/0/a'), confirmLease: () => Promise.reject(new Error('lost')) };
    await assert.rejects(run('remember', { text: 'x' }, lost), /lost/u);
    assert.deepEqual((await recall({ query: '' }, call('run-1/2/1/b'))).memories, []);
  });

  it('says so when the memory is full, and when there is none', async () => {
    const full = { keep: () => Promise.resolve(undefined), recall: () => Promise.resolve([]) };
    const context = contextOf(temporaryFolder());
    await assert.rejects(run('remember', { text: 'x' }, { ...context, memory: full }), {
      ...{ type: 'Conflict', message: /is full: it holds 10000 entries; people can delete/u },
    });
    await assert.rejects(run('recall', { query: 'x' }, context), { type: 'Conflict', message: /no memory/u });
  });
});
