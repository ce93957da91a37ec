import {
  type CalendarSpec,
  type CompiledScheduleAction,
  encodeScheduleOverlapPolicy,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import { durationMs } from '../../contracts/duration.ts';
import { MESSAGE_WORKFLOW_TYPE, type MessageAgentInput } from '../../contracts/message-agent.ts';
import { AGENT_WORKFLOW_TYPE } from '../../contracts/message-definitions.ts';
import type { Calendar, Overlap, ScheduleTiming } from '../../contracts/schedule.ts';
import type { AgentStartInput } from '../../contracts/start.ts';

/** What a schedule does when it is time: it starts an agent, or speaks to one. */
export type ScheduleAction =
  | { readonly kind: 'start'; readonly start: AgentStartInput }
  | { readonly kind: 'message'; readonly message: MessageAgentInput };

const overlaps: Readonly<Record<Overlap, ScheduleOverlapPolicy>> = {
  skip: ScheduleOverlapPolicy.SKIP,
  'buffer-one': ScheduleOverlapPolicy.BUFFER_ONE,
  'buffer-all': ScheduleOverlapPolicy.BUFFER_ALL,
  'cancel-other': ScheduleOverlapPolicy.CANCEL_OTHER,
  'terminate-other': ScheduleOverlapPolicy.TERMINATE_OTHER,
  'allow-all': ScheduleOverlapPolicy.ALLOW_ALL,
};

/** As the server itself numbers them. */
export function overlapCode(overlap: Overlap) {
  return encodeScheduleOverlapPolicy(overlaps[overlap]) ?? null;
}

/** Spec, policies and action as Temporal's client takes them. */
export function scheduleOptions(
  id: string,
  timing: ScheduleTiming,
  action: ScheduleAction,
  taskQueue: string,
): Pick<ScheduleOptions, 'spec' | 'policies'> & { action: CompiledScheduleAction } {
  return {
    spec: specOf(timing),
    policies: {
      overlap: overlaps[timing.overlap],
      catchupWindow: durationMs(timing.catchUp),
      pauseOnFailure: timing.pauseOnFailure,
    },
    action: {
      type: 'startWorkflow',
      // The server adds the scheduled time, so that what one schedule starts has ids of its own.
      workflowId: id,
      taskQueue,
      ...(action.kind === 'start'
        ? { workflowType: AGENT_WORKFLOW_TYPE, args: [action.start] }
        : { workflowType: MESSAGE_WORKFLOW_TYPE, args: [action.message] }),
    },
  };
}

function specOf(timing: ScheduleTiming): ScheduleSpec {
  const { cron, calendar, every, offset, timeZone, jitter, startAt, endAt } = timing;
  return {
    ...(cron === undefined ? {} : { cronExpressions: cron.map((text) => text.trim()) }),
    ...(calendar === undefined ? {} : { calendars: calendar.map(calendarSpec) }),
    ...(every === undefined
      ? {}
      : { intervals: [{ every: durationMs(every), offset: offset === undefined ? 0 : durationMs(offset) }] }),
    ...(timeZone === undefined ? {} : { timezone: timeZone }),
    ...(jitter === undefined ? {} : { jitter: durationMs(jitter) }),
    ...(startAt === undefined ? {} : { startAt: new Date(startAt) }),
    ...(endAt === undefined ? {} : { endAt: new Date(endAt) }),
  };
}

type Field<Unit> = '*' | Item<Unit> | Item<Unit>[];
type Item<Unit> =
  | Unit
  | { readonly start: Unit; readonly end?: Unit | undefined; readonly step?: number | undefined };

function calendarSpec({ comment, month, dayOfWeek, ...numbers }: Calendar): CalendarSpec {
  const { second, minute, hour, dayOfMonth, year } = numbers;
  const upper = <Word extends string>(word: Word): Uppercase<Word> => word.toUpperCase() as Uppercase<Word>; // What it does, exactly.
  const same = (value: number): number => value;
  return {
    ...(second === undefined ? {} : { second: fieldSpec(second, same) }),
    ...(minute === undefined ? {} : { minute: fieldSpec(minute, same) }),
    ...(hour === undefined ? {} : { hour: fieldSpec(hour, same) }),
    ...(dayOfMonth === undefined ? {} : { dayOfMonth: fieldSpec(dayOfMonth, same) }),
    ...(month === undefined ? {} : { month: fieldSpec(month, upper) }),
    ...(year === undefined ? {} : { year: fieldSpec(year, same) }),
    ...(dayOfWeek === undefined ? {} : { dayOfWeek: fieldSpec(dayOfWeek, upper) }),
    ...(comment === undefined ? {} : { comment }),
  };
}

/** The client's ranges have all three parts. */
function fieldSpec<Unit extends number | string, Out>(
  field: Field<Unit>,
  out: (unit: Unit) => Out,
): '*' | { start: Out; end: Out; step: number }[] {
  if (field === '*') return '*';
  const items = Array.isArray(field) ? field : [field];
  return items.map((item) => {
    if (typeof item !== 'object') return { start: out(item), end: out(item), step: 1 };
    const { start, end = start, step = 1 } = item;
    return { start: out(start), end: out(end), step };
  });
}
