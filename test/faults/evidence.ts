import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type proto from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import * as z from 'zod';
import { itemOf } from './items.ts';

type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;
type History = proto.temporal.api.history.v1.IHistory;

/** A model call or tool call as the histories of an agent have it, over all of its runs. */
export interface Step {
  /** `callModel 3`, `runTool 3.0`; a tool call also has its key. */
  readonly name: string;
  readonly key: string | undefined;
  /** What the plan calls the effect, for a tool call that has one. */
  readonly item: string | undefined;
  /** Every time that it was asked for, with how that ended. */
  readonly asked: readonly Asked[];
}

export interface Asked {
  /**
   * `lost`: failed or timed out. `moot`: nothing was done, because the facts had changed or the tool could not work then.
   * `open`: the histories end first.
   */
  readonly ended: 'completed' | 'lost' | 'moot' | 'open';
  /** For a completed tool call, whether the tool succeeded. */
  readonly ok?: boolean;
  /** For a tool that was asked what became of a call: what it said. */
  readonly found?: string;
}

const ModelArgument = z.object({ turn: z.int(), contextHash: z.string() });
const ToolArgument = z.object({
  turn: z.int(),
  index: z.int(),
  key: z.string(),
  args: z.unknown(),
});
const ToolResult = z.object({ type: z.string() });

/** A run may be long; an agent of the suite has few of them. */
const maxRuns = 200;

/** The histories of an agent, from its first run to its last. */
export async function runsOf(client: Client, agent: string): Promise<History[]> {
  const runs: History[] = [];
  let runId: string | undefined = (await client.workflow.getHandle(agent).describe()).runId;
  while (runId !== undefined && runId !== '' && runs.length < maxRuns) {
    const history = await client.workflow.getHandle(agent, runId).fetchHistory();
    runs.unshift(history);
    runId =
      history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  }
  return runs;
}

/** All events of an agent, from its first run to its last. */
export async function historyOf(client: Client, agent: string): Promise<HistoryEvent[]> {
  return (await runsOf(client, agent)).flatMap(({ events }) => events ?? []);
}

/** The steps of a history. Scheduled events are told apart by run, because each run counts its events anew. */
export function stepsIn(events: readonly HistoryEvent[]): Step[] {
  const steps = new Map<string, Omit<Step, 'asked'> & { readonly asked: Asked[] }>();
  let scheduled = new Map<string, { step: string; position: number }>();
  const end = (id: unknown, ended: Partial<Asked>): void => {
    const found = scheduled.get(String(id));
    const asked = found ? steps.get(found.step)?.asked : undefined;
    const before = found ? asked?.[found.position] : undefined;
    if (found && asked && before) asked[found.position] = { ...before, ...ended };
  };
  for (const event of events) {
    if (event.workflowExecutionStartedEventAttributes) scheduled = new Map();
    const schedule = event.activityTaskScheduledEventAttributes;
    if (schedule) {
      const found = identity(schedule.activityType?.name ?? '', schedule.input?.payloads?.[0]);
      const step = steps.get(found.name) ?? { ...found, asked: [] };
      steps.set(found.name, step);
      step.asked.push({ ended: 'open' });
      scheduled.set(String(event.eventId), { step: found.name, position: step.asked.length - 1 });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) end(completed.scheduledEventId, outcomeOf(completed.result?.payloads?.[0]));
    const lost =
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (lost) end(lost.scheduledEventId, { ended: isPutOff(event) ? 'moot' : 'lost' });
  }
  return [...steps.values()];
}

/** By contract of both failures the tool did nothing, and the call is tried again later. */
function isPutOff({ activityTaskFailedEventAttributes: failed }: HistoryEvent): boolean {
  const { type } = failed?.failure?.applicationFailureInfo ?? {};
  return type === 'ToolUnavailable' || type === 'ToolRateLimited';
}

function identity(type: string, payload: Payload | null | undefined) {
  const argument = payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
  const call = ToolArgument.safeParse(argument);
  if (call.success) {
    const { turn, index, key, args } = call.data;
    // An edited call is another action, with another key.
    return { name: `${type} ${turn}.${index} ${key.slice(-8)}`, key, item: itemOf(args) };
  }
  const model = ModelArgument.safeParse(argument);
  return { name: model.success ? `${type} ${model.data.turn}` : type, key: undefined, item: undefined };
}

function outcomeOf(payload: Payload | null | undefined): Partial<Asked> {
  const result = ToolResult.safeParse(payload ? defaultPayloadConverter.fromPayload(payload) : undefined);
  if (!result.success) return { ended: 'completed' };
  if (result.data.type === 'facts-changed') return { ended: 'moot' };
  return { ended: 'completed', ok: result.data.type === 'succeeded', found: result.data.type };
}
