import type { RunEnding } from '../contracts/archived-run.ts';
import type { HistoryEvent } from './activations.ts';
import { millisecondsOf } from '../contracts/wire-time.ts';

/** What closed a run, as the last event of its history says. */
export interface RunClosing {
  readonly status: RunEnding;
  readonly at: number;
  readonly why?: string;
  /** Of the failure of one that failed. */
  readonly type?: string;
}

/** Undefined for a run that is open, or whose history is not whole. */
export function closingOf(events: readonly HistoryEvent[]): RunClosing | undefined {
  const last = events.at(-1);
  const closed = last && endingOf(last);
  if (!last || !closed) return undefined;
  const { status, why, type } = closed;
  return {
    ...{ status, at: millisecondsOf(last.eventTime) },
    ...(why ? { why } : {}),
    ...(type ? { type } : {}),
  };
}

interface Ending {
  readonly status: RunEnding;
  readonly why?: string | null | undefined;
  readonly type?: string | null | undefined;
}

function endingOf(event: HistoryEvent): Ending | undefined {
  if (event.workflowExecutionCompletedEventAttributes) return { status: 'completed' };
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) {
    const { message, applicationFailureInfo } = failed.failure ?? {};
    return { status: 'failed', why: message, type: applicationFailureInfo?.type };
  }
  if (event.workflowExecutionCanceledEventAttributes) return { status: 'cancelled' };
  if (event.workflowExecutionTimedOutEventAttributes) return { status: 'timed_out' };
  const continued = event.workflowExecutionContinuedAsNewEventAttributes;
  if (continued) return { status: 'continued', why: `goes on in run ${continued.newExecutionRunId}` };
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  if (!terminated) return undefined;
  const { identity, reason } = terminated;
  return { status: 'terminated', why: [identity, reason].filter(Boolean).join(': ') };
}
