import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import { optionalTsToDate } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import * as z from 'zod';
import type { Access } from './access.ts';
import { isOpen } from '../runtime/open-workflow.ts';
import { describeAgent } from './sending.ts';

/** A step that is scheduled or running now, as the server knows it from heartbeats. */
export interface LiveActivity {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly attempt: number;
  readonly scheduledAt?: string;
  readonly lastHeartbeatAt?: string;
  /** The end of what the model has written so far. */
  readonly partial?: string;
  /** Last heartbeat of a tool that reports its own progress. */
  readonly progress?: unknown;
  readonly lastFailure?: { readonly type?: string; readonly message: string };
  readonly worker?: string;
}

/** What goes on right now, without asking a worker. */
export interface LiveView {
  readonly agent: string;
  readonly runId: string;
  /** Another one whenever the agent's history has grown. */
  readonly mark: string;
  readonly open: boolean;
  /** `running`, `completed`, `failed`, `cancelled`, `terminated`, `timed out`. */
  readonly execution: string;
  readonly taskQueue: string;
  readonly startedAt: string;
  readonly closedAt?: string;
  /** Above 1 when the worker fails to advance the agent at all. */
  readonly workflowTaskAttempt: number;
  readonly activities: readonly LiveActivity[];
}

type PendingActivity = NonNullable<DescribeWorkflowExecutionResponse['pendingActivities']>[number];

const Heartbeat = z.object({ partial: z.string() });

export async function liveView(access: Access, id: string): Promise<LiveView> {
  const description = await describeAgent(access, id);
  const pending = description.raw.pendingActivities ?? [];
  return {
    agent: id,
    runId: description.runId,
    mark: `${description.runId}/${description.historyLength}`,
    open: isOpen(description),
    execution: description.status.name.toLowerCase().replaceAll('_', ' '),
    taskQueue: description.taskQueue,
    startedAt: description.startTime.toISOString(),
    ...(description.closeTime ? { closedAt: description.closeTime.toISOString() } : {}),
    workflowTaskAttempt: description.raw.pendingWorkflowTask?.attempt ?? 0,
    activities: await Promise.all(pending.map((activity) => liveActivity(access, activity))),
  };
}

/** The end of what a model has written so far, of the calls that are being written now; undefined while none is. */
export async function wordsNow(
  access: Access,
  { raw }: Pick<Awaited<ReturnType<typeof describeAgent>>, 'raw'>,
): Promise<string | undefined> {
  const beats = await Promise.all((raw.pendingActivities ?? []).map((one) => heartbeat(access, one)));
  return beats.map(({ partial }) => partial).find((partial) => partial !== undefined && partial !== '');
}

async function liveActivity(access: Access, activity: PendingActivity): Promise<LiveActivity> {
  const scheduledAt = optionalTsToDate(activity.scheduledTime)?.toISOString();
  const lastHeartbeatAt = optionalTsToDate(activity.lastHeartbeatTime)?.toISOString();
  const failure = activity.lastFailure;
  const failureType = failure?.applicationFailureInfo?.type;
  return {
    id: activity.activityId ?? '',
    type: activity.activityType?.name ?? '',
    state: stateNames[activity.state ?? 0] ?? 'unknown',
    attempt: activity.attempt ?? 1,
    ...(scheduledAt === undefined ? {} : { scheduledAt }),
    ...(lastHeartbeatAt === undefined ? {} : { lastHeartbeatAt }),
    ...(await heartbeat(access, activity)),
    ...(failure
      ? { lastFailure: { ...(failureType ? { type: failureType } : {}), message: failure.message ?? '' } }
      : {}),
    ...(activity.lastWorkerIdentity ? { worker: activity.lastWorkerIdentity } : {}),
  };
}

const States = proto.temporal.api.enums.v1.PendingActivityState;
const stateNames: Readonly<Record<number, string>> = {
  [States.PENDING_ACTIVITY_STATE_SCHEDULED]: 'scheduled',
  [States.PENDING_ACTIVITY_STATE_STARTED]: 'started',
  [States.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED]: 'cancel requested',
  [States.PENDING_ACTIVITY_STATE_PAUSED]: 'paused',
  [States.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED]: 'pause requested',
};

/** Heartbeats come from any version of a worker, so one that can't be read is simply not shown. */
async function heartbeat(
  access: Access,
  { heartbeatDetails }: PendingActivity,
): Promise<Pick<LiveActivity, 'partial' | 'progress'>> {
  const payloads = heartbeatDetails?.payloads;
  if (!payloads?.length) return {};
  try {
    const [details] = await decodeArrayFromPayloads(access.client.options.loadedDataConverter, payloads);
    const model = Heartbeat.safeParse(details);
    return model.success ? { partial: model.data.partial } : { progress: details };
  } catch {
    return {};
  }
}
