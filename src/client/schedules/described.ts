import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import { optionalTsToMs, tsToDate } from '@temporalio/common/lib/time.js';
import type proto from '@temporalio/proto';
import { Overlap } from '../../contracts/schedule.ts';
import { calendarText } from './calendar-text.ts';

type Response = proto.temporal.api.workflowservice.v1.IDescribeScheduleResponse;
type ListEntry = proto.temporal.api.schedule.v1.IScheduleListEntry;
type Spec = proto.temporal.api.schedule.v1.IScheduleSpec;
type ActionResult = proto.temporal.api.schedule.v1.IScheduleActionResult;

/** When a schedule acts, in words: the server keeps calendars, not the cron texts that they were written as. */
export interface ScheduleTimes {
  /** Cron texts of 5 fields; 6 with a year, 7 with seconds too. */
  readonly calendars: readonly string[];
  readonly intervals: readonly { readonly everySeconds: number; readonly offsetSeconds: number }[];
  readonly excluded: readonly string[];
  readonly timeZone: string;
  readonly jitterSeconds: number;
  readonly startAt?: string;
  readonly endAt?: string;
}

/** What a schedule started, and when; the id is that of an agent or of the workflow that spoke to one. */
export interface ScheduleTaken {
  readonly scheduledAt: string;
  readonly takenAt: string;
  readonly started: string;
}

export interface ListedSchedule {
  readonly schedule: string;
  /** Of which definition's front matter it was made. */
  readonly definition?: string;
  readonly paused: boolean;
  readonly note?: string;
  /** Type of the workflow that it starts. */
  readonly workflow: string;
  readonly times: ScheduleTimes;
  readonly next?: string;
  readonly last?: ScheduleTaken;
}

export interface DescribedSchedule extends Omit<ListedSchedule, 'next' | 'last'> {
  readonly argument: unknown;
  readonly taskQueue: string;
  readonly overlap: Overlap;
  readonly catchUpSeconds: number;
  readonly pauseOnFailure: boolean;
  /** Absent when there is no limit. */
  readonly remainingActions?: number;
  readonly next: readonly string[];
  /** Oldest first. */
  readonly recent: readonly ScheduleTaken[];
  readonly running: readonly string[];
  readonly counts: {
    readonly taken: number;
    readonly skippedOverlap: number;
    readonly missedCatchUp: number;
    readonly buffered: number;
  };
}

/** Under this name the memo of a schedule says of which definition it was made. */
export const DEFINITION_MEMO = 'perdureDefinition';

/** The server's answer is read here rather than by the SDK, which can't read calendars with a 7 for Sunday (1.24.0). */
export async function listedSchedule(
  client: Client,
  { scheduleId, info, memo }: ListEntry,
): Promise<ListedSchedule> {
  const next = info?.futureActionTimes?.map(isoOf)[0];
  const last = info?.recentActions?.map(taken).at(-1);
  return {
    schedule: scheduleId ?? '',
    ...(await definitionOf(client, memo)),
    paused: info?.paused ?? false,
    ...noteOf(info?.notes),
    workflow: info?.workflowType?.name ?? '',
    times: timesOf(info?.spec ?? {}),
    ...(next === undefined ? {} : { next }),
    ...(last === undefined ? {} : { last }),
  };
}

export async function describedSchedule(
  client: Client,
  id: string,
  { schedule, info, memo }: Response,
): Promise<DescribedSchedule> {
  const { state, policies, spec, action } = schedule ?? {};
  return {
    schedule: id,
    ...(await definitionOf(client, memo)),
    paused: state?.paused ?? false,
    ...noteOf(state?.notes),
    ...(await startedBy(client, action?.startWorkflow)),
    times: timesOf(spec ?? {}),
    ...policiesOf(policies ?? {}),
    ...(state?.limitedActions ? { remainingActions: Number(state.remainingActions ?? 0) } : {}),
    ...progressOf(info ?? {}),
  };
}

async function startedBy(
  client: Client,
  start: proto.temporal.api.workflow.v1.INewWorkflowExecutionInfo | null | undefined,
): Promise<Pick<DescribedSchedule, 'workflow' | 'argument' | 'taskQueue'>> {
  const converter = client.options.loadedDataConverter;
  const [argument = null] = await decodeArrayFromPayloads(converter, start?.input?.payloads);
  const { workflowType, taskQueue } = start ?? {};
  return { workflow: workflowType?.name ?? '', argument, taskQueue: taskQueue?.name ?? '' };
}

function policiesOf({
  overlapPolicy,
  catchupWindow,
  pauseOnFailure,
}: proto.temporal.api.schedule.v1.ISchedulePolicies): Pick<
  DescribedSchedule,
  'overlap' | 'catchUpSeconds' | 'pauseOnFailure'
> {
  return {
    // The server counts them in this order, from 1.
    overlap: Overlap.options[(overlapPolicy ?? 1) - 1] ?? 'skip',
    catchUpSeconds: secondsOf(catchupWindow),
    pauseOnFailure: pauseOnFailure ?? false,
  };
}

function progressOf({
  futureActionTimes,
  recentActions,
  runningWorkflows,
  ...counted
}: proto.temporal.api.schedule.v1.IScheduleInfo): Pick<
  DescribedSchedule,
  'next' | 'recent' | 'running' | 'counts'
> {
  return {
    next: (futureActionTimes ?? []).map(isoOf),
    recent: (recentActions ?? []).map(taken),
    running: (runningWorkflows ?? []).map(({ workflowId }) => workflowId ?? ''),
    counts: {
      taken: Number(counted.actionCount ?? 0),
      skippedOverlap: Number(counted.overlapSkipped ?? 0),
      missedCatchUp: Number(counted.missedCatchupWindow ?? 0),
      buffered: Number(counted.bufferSize ?? 0),
    },
  };
}

export async function definitionOf(
  client: Client,
  memo: proto.temporal.api.common.v1.IMemo | null | undefined,
): Promise<{ definition?: string }> {
  const payload = memo?.fields?.[DEFINITION_MEMO];
  if (!payload) return {};
  const [definition] = await decodeArrayFromPayloads(client.options.loadedDataConverter, [payload]);
  return typeof definition === 'string' ? { definition } : {};
}

function timesOf(spec: Spec): ScheduleTimes {
  const { structuredCalendar, interval, excludeStructuredCalendar, timezoneName, jitter } = spec;
  return {
    calendars: (structuredCalendar ?? []).map(calendarText),
    intervals: (interval ?? []).map(({ interval: every, phase }) => ({
      everySeconds: secondsOf(every),
      offsetSeconds: secondsOf(phase),
    })),
    excluded: (excludeStructuredCalendar ?? []).map(calendarText),
    timeZone: timezoneName || 'UTC', // An empty name stands for it.
    jitterSeconds: secondsOf(jitter),
    ...(spec.startTime ? { startAt: isoOf(spec.startTime) } : {}),
    ...(spec.endTime ? { endAt: isoOf(spec.endTime) } : {}),
  };
}

function taken({ scheduleTime, actualTime, startWorkflowResult }: ActionResult): ScheduleTaken {
  return {
    scheduledAt: scheduleTime ? isoOf(scheduleTime) : '',
    takenAt: actualTime ? isoOf(actualTime) : '',
    started: startWorkflowResult?.workflowId ?? '',
  };
}

function noteOf(note: string | null | undefined): { note?: string } {
  return note ? { note } : {};
}

function isoOf(time: Parameters<typeof tsToDate>[0]): string {
  return tsToDate(time).toISOString();
}

function secondsOf(duration: proto.google.protobuf.IDuration | null | undefined): number {
  return (optionalTsToMs(duration) ?? 0) / 1_000;
}
