import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
} from '@temporalio/client';
import { Json } from '../contracts/json.ts';
import { AgentResult } from '../contracts/result.ts';
import type { Outcome } from '../contracts/state.ts';
import type { Access } from './access.ts';
import { isAway, toGatewayError } from './failures.ts';

const TERMINATED = 'Terminated';

/** Weeks are waited for: a server that was away for a while may be asked some seconds later. */
const AWAY_MS = 2_000;

/**
 * Waits for the agent's end, however long that takes, across its runs and resets. Its failure is an outcome, not an exception. A server
 * that has answered once is waited for when it is away.
 */
export async function waitForEnd({ client }: Pick<Access, 'client'>, id: string): Promise<Outcome> {
  const handle = client.workflow.getHandle(id);
  try {
    const firstRunId = firstRunIn(await handle.describe());
    for (;;) {
      const outcome = await answered(() => handle.result().then(outcomeOf, outcomeOfError));
      if (outcome.status !== 'failed' || outcome.failure.type !== TERMINATED) return outcome;
      // A reset ends the run as well, and goes on in another one.
      const now = await answered(() => handle.describe());
      if (now.status.name === 'TERMINATED' || firstRunIn(now) !== firstRunId) return outcome;
    }
  } catch (error) {
    throw toGatewayError(error) ?? error;
  }
}

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isAway(error)) throw error;
      await sleep(AWAY_MS);
    }
  }
}

function firstRunIn({ raw }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId ?? '';
}

function outcomeOfError(error: unknown): Outcome {
  if (error instanceof WorkflowFailedError) return failedOutcome(error.cause);
  throw error;
}

/** A worker of another version may return another form: then all of it is the result. */
export function outcomeOf(value: unknown): Outcome {
  const ended = AgentResult.safeParse(value);
  if (!ended.success) return { status: 'completed', result: Json.safeParse(value).data ?? null };
  const { status, result = null, reason = 'stopped' } = ended.data;
  return status === 'completed' ? { status, result } : { status, reason };
}

/** How an execution that did not complete ended, in the agent's words. */
export function failedOutcome(cause: unknown): Outcome {
  if (cause instanceof CancelledFailure) return { status: 'cancelled', reason: cause.message };
  if (cause instanceof TerminatedFailure)
    return { status: 'failed', failure: { type: TERMINATED, message: cause.message } };
  if (cause instanceof TimeoutFailure)
    return { status: 'failed', failure: { type: 'TimedOut', message: cause.message } };
  const message = cause instanceof Error ? cause.message : 'the workflow failed';
  const type = cause instanceof ApplicationFailure ? (cause.type ?? 'Failed') : 'Failed';
  return { status: 'failed', failure: { type, message } };
}
