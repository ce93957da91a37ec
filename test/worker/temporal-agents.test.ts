import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { lookAt } from '../../src/worker/temporal-agents.ts';

/** A server that knows one agent: its newest run, of a chain that began with another one, and results by run. */
function knowing(
  newest: { status: string; runId: string; firstRunId: string },
  results: Record<string, unknown>,
) {
  const { status, runId, firstRunId } = newest;
  const workflow = {
    getHandle: (_id: string, run?: string) => ({
      describe: () =>
        Promise.resolve({
          status: { name: status },
          raw: { workflowExecutionInfo: { firstRunId, execution: { runId } } },
        }),
      result: () =>
        run !== undefined && run in results
          ? Promise.resolve(results[run])
          : Promise.reject(new Error(`nobody should ask run ${run ?? 'none'}`)),
    }),
  };
  return { workflow } as unknown as Pick<Client, 'workflow'>; // All that is asked.
}

describe('looking at another agent', () => {
  const sight = { agentId: 'a', run: 'first' };
  const usage = { turns: 1, inputTokens: 0, outputTokens: 0, usd: 0 };
  const ended = (result: string) => ({ status: 'completed', result, turns: 1, usage });

  it('reads the end from its last run: earlier ones may be gone, or cut off by a reset', async () => {
    const newest = { status: 'COMPLETED', runId: 'last', firstRunId: 'first' };
    const { ending } = await lookAt(knowing(newest, { last: ended('done') }), sight);
    assert.ok(ending?.status === 'completed' && ending.result === 'done');
  });

  it('reads it from the first one where the id has been used again', async () => {
    const newest = { status: 'RUNNING', runId: 'other', firstRunId: 'other' };
    const { ending } = await lookAt(knowing(newest, { first: ended('mine') }), sight);
    assert.ok(ending?.status === 'completed' && ending.result === 'mine');
  });

  it('sees one that goes on in another run', async () => {
    const newest = { status: 'RUNNING', runId: 'later', firstRunId: 'first' };
    assert.deepEqual(await lookAt(knowing(newest, {}), sight), {});
  });
});
