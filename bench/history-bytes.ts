import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';

const { HistoryEvent } = proto.temporal.api.history.v1;
type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

/** Nothing that is measured here comes near so many runs; a chain that does is not one of ours. */
const MAX_RUNS = 1_000;

export interface HistoryBytes {
  /** Bytes of the events from each model call to the next; index 0 is turn 1. */
  readonly turns: readonly number[];
  /** What stands before a run's first model call: the start, or the state that continue-as-new carries over. */
  readonly beforeTurns: number;
  readonly runs: number;
  readonly events: number;
}

/** Sizes of the encoded events of all runs of an agent, as the server stores them. */
export async function historyBytes(
  client: Client,
  agentId: string,
  firstRunId: string,
): Promise<HistoryBytes> {
  const turns: number[] = [];
  let beforeTurns = 0;
  let events = 0;
  let runId: string | undefined = firstRunId;
  for (let runs = 1; runs <= MAX_RUNS; runs += 1) {
    let turn = 0;
    let next: string | undefined;
    const history = await client.workflow.getHandle(agentId, runId).fetchHistory();
    for (const event of history.events ?? []) {
      events += 1;
      turn = turnOf(event) ?? turn;
      const bytes = HistoryEvent.encode(event).finish().length;
      if (turn === 0) beforeTurns += bytes;
      else turns[turn - 1] = (turns[turn - 1] ?? 0) + bytes;
      next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? next;
    }
    if (next === undefined) return { turns, beforeTurns, runs, events };
    runId = next;
  }
  throw new Error(`${agentId} has more than ${MAX_RUNS} runs`);
}

/** The turn that an event opens, if it is the scheduling of a model call. */
function turnOf({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent): number | undefined {
  if (scheduled?.activityType?.name !== 'callModel') return undefined;
  const [payload] = scheduled.input?.payloads ?? [];
  if (payload === undefined) throw new Error('a model call without an argument');
  return defaultPayloadConverter.fromPayload<{ turn: number }>(payload).turn;
}
