import type { ArchivedRun } from '../contracts/archived-run.ts';
import type { HistoryEvent } from '../history/activations.ts';
import { closingOf } from '../history/closing.ts';
import type { ReadRun } from '../history/read-run.ts';
import { millisecondsOf } from '../contracts/wire-time.ts';

/** What the archive says of a run, by its history; undefined while it is open. `read`: if this code can read it. */
export function archivedRun(
  place: { readonly namespace: string; readonly agent: string; readonly runId: string },
  events: readonly HistoryEvent[],
  read: ReadRun | undefined,
): ArchivedRun | undefined {
  const [first] = events;
  const started = first?.workflowExecutionStartedEventAttributes;
  const closing = closingOf(events);
  if (!started || !closing) return undefined;
  const state = read?.record.state;
  // An agent that was stopped has completed as a workflow: its own word says more.
  const ended = closing.status === 'completed' ? state?.outcome?.status : undefined;
  const { continuedExecutionRunId: previousRunId, firstExecutionRunId: firstRunId } = started;
  return {
    ...place,
    firstRunId: firstRunId ?? '',
    ...(previousRunId ? { previousRunId } : {}),
    ...(state ? { definition: state.start.agent, turn: state.turn } : {}),
    status: ended ?? closing.status,
    startedAt: new Date(millisecondsOf(first.eventTime)).toISOString(),
    closedAt: new Date(closing.at).toISOString(),
    events: events.length,
  };
}
