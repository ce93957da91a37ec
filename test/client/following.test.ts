import assert from 'node:assert/strict';
import { type Client, TerminatedFailure, WorkflowFailedError } from '@temporalio/client';
import { follow } from '../../src/client/cli/watch.ts';
import { WatchProgress } from '../../src/client/cli/watch-progress.ts';
import { waitForEnd } from '../../src/client/ending.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';
import type { LiveView } from '../../src/client/live.ts';
import { statusSample } from './samples.ts';

type Answer = 'open' | 'ended' | GatewayError;

const away = new GatewayError('Unreachable', "Temporal can't be reached.");

/** Follows an agent of whose looks these come of; tells what was noted. */
async function followed(answers: readonly Answer[]): Promise<string[]> {
  const left = [...answers];
  const notes: string[] = [];
  const gateway = {
    live: (): Promise<LiveView> => {
      const answer = left.shift() ?? new GatewayError('Invalid', 'nobody asks that often');
      if (answer instanceof GatewayError) return Promise.reject(answer);
      const run = { runId: 'r', execution: 'running', taskQueue: 'q', startedAt: '', workflowTaskAttempt: 0 };
      return Promise.resolve({ agent: 'a1', mark: 'r/3', open: answer === 'open', activities: [], ...run });
    },
    past: () => {
      const timeline = { agent: 'a1', firstTurn: 0, lastTurn: 0, items: [], runs: [] };
      return Promise.resolve({ timeline, status: statusSample({ approvals: [], interruptions: [] }) });
    },
    trouble: () => Promise.resolve(undefined),
  };
  const show = (): void => undefined;
  const out = { note: (text: string) => void notes.push(text) };
  await follow(gateway, 'a1', { progress: new WatchProgress(), out, show, flags: [] });
  assert.deepEqual(left, []);
  return notes;
}

describe('following an agent', () => {
  it('goes on when the server was away, which is said once', async () => {
    assert.deepEqual(await followed(['open', away, away, 'open', 'ended']), [
      "Temporal can't be reached. Watching goes on.",
    ]);
  });

  it('ends where no server is there to begin with, or when it refuses', async () => {
    await assert.rejects(followed([away]), { type: 'Unreachable' });
    await assert.rejects(followed(['open', new GatewayError('Forbidden', 'no')]), { type: 'Forbidden' });
  });
});

describe('waiting for the end of an agent', () => {
  const unavailable = Object.assign(new Error('no'), { code: 14, details: 'no', metadata: {} });

  /** Of what is asked one after the other, what comes of it. */
  function ended(describes: readonly unknown[], results: readonly unknown[]) {
    const next = (from: unknown[]): Promise<unknown> => {
      const answer = from.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    const [looks, ends] = [[...describes], [...results]];
    const handle = { describe: () => next(looks), result: () => next(ends) };
    // Only what is asked of a client here; anything else fails the test.
    return waitForEnd({ client: { workflow: { getHandle: () => handle } } as unknown as Client }, 'a1');
  }
  const run = { raw: { workflowExecutionInfo: { firstRunId: 'one' } }, status: { name: 'TERMINATED' } };

  it('goes on when the server was away', async () => {
    assert.deepEqual(await ended([run], [unavailable, 'done']), { status: 'completed', result: 'done' });
    const state = 'NON_RETRYABLE_FAILURE';
    const terminated = new WorkflowFailedError('ended', new TerminatedFailure('by hand'), state);
    const outcome = await ended([run, unavailable, run], [terminated]);
    assert.deepEqual(outcome, { status: 'failed', failure: { type: 'Terminated', message: 'by hand' } });
  });

  it('ends where no server is there to begin with, or when it refuses', async () => {
    await assert.rejects(ended([unavailable], []), { type: 'Unreachable' });
    const denied = Object.assign(new Error('no'), { code: 7, details: 'no', metadata: {} });
    await assert.rejects(ended([run], [denied]), { type: 'Forbidden' });
  });
});
