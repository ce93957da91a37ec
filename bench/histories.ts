import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

export const { HistoryEvent } = proto.temporal.api.history.v1;
export type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;
type Timestamp = NonNullable<HistoryEvent['eventTime']>;

/** Nothing that is measured here comes near so many runs; a chain that does is not one of ours. */
const MAX_RUNS = 1_000;

/** The events of each run of a workflow, from its first run to the last. */
export async function runsOf(
  client: Client,
  workflowId: string,
  firstRunId: string,
): Promise<HistoryEvent[][]> {
  const runs: HistoryEvent[][] = [];
  let runId: string | undefined = firstRunId;
  while (runId !== undefined) {
    if (runs.length === MAX_RUNS) throw new Error(`${workflowId} has more than ${MAX_RUNS} runs`);
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events: HistoryEvent[] = history.events ?? [];
    runs.push(events);
    runId = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return runs;
}

export function bytesOf(events: readonly HistoryEvent[]): number {
  return events.reduce((sum, event) => sum + HistoryEvent.encode(event).finish().length, 0);
}

/** An activity as the history has it; times are the server's, in milliseconds since 1970. */
export interface Step {
  readonly type: string;
  readonly scheduledAt: number;
  /** Of the attempt that counted. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attempt: number;
}

/** The activities that have ended, in the order in which they were scheduled. */
export function stepsOf(events: readonly HistoryEvent[]): Step[] {
  const scheduled = new Map<string, { type: string; scheduledAt: number }>();
  const started = new Map<string, { startedAt: number; attempt: number }>();
  const ended = new Map<string, number>();
  for (const event of events) {
    const at = millisecondsOf(event.eventTime);
    const begun = event.activityTaskStartedEventAttributes;
    const done = event.activityTaskCompletedEventAttributes;
    if (event.activityTaskScheduledEventAttributes) {
      const type = event.activityTaskScheduledEventAttributes.activityType?.name ?? '';
      scheduled.set(String(event.eventId), { type, scheduledAt: at });
    }
    if (begun) started.set(String(begun.scheduledEventId), { startedAt: at, attempt: begun.attempt ?? 0 });
    if (done) ended.set(String(done.scheduledEventId), at);
  }
  return [...scheduled].flatMap(([id, step]) => {
    const [begun, endedAt] = [started.get(id), ended.get(id)];
    return begun && endedAt !== undefined ? [{ ...step, ...begun, endedAt }] : [];
  });
}

/** The names of the model's activity: the agents', and the plain workflow's. */
export const isModelCall = ({ type }: { type: string }): boolean =>
  type === 'callModel' || type === 'askModel';

function millisecondsOf(time: Timestamp | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000;
}
