import type { WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';
import { millisecondsOf } from '../contracts/wire-time.ts';
import { type Access, askServer } from './access.ts';
import { orArchived } from './archived.ts';
import {
  pollersFor,
  type QueueWorkers,
  sameVersion,
  type Version,
  versionName,
  versionOf,
  workersOn,
} from './deploy/pollers.ts';
import type { RunMemory } from './run-memory.ts';
import { describeAgent } from './sending.ts';
import { standingStill } from './standing-still.ts';

/**
 * Why an agent can't move although nothing in its own state says so: its workflow tasks fail, nobody takes them, or one was completed for
 * nothing. The server knows it, no worker is needed. Nothing of the agent is lost by it, and it goes on when the cause is gone.
 */
export interface Trouble {
  readonly kind: 'task_failing' | 'no_worker' | 'standing_still';
  /** One line for people. */
  readonly summary: string;
  /** What to do about it. */
  readonly advice: string;
  /** When it was first seen, if the history says so. */
  readonly since?: string;
  /** How often the task has been tried. */
  readonly attempts?: number;
  /** Temporal's name of the cause, like `NonDeterministicError`. */
  readonly cause?: string;
  /** What the worker said. */
  readonly message?: string;
  readonly worker?: string;
}

/**
 * What ails an agent; undefined if it has ended or all is well. `flags`: for lines that are shown, so that they reach the same server.
 * Fails `NotFound`.
 */
export async function troubleOf(
  access: Access,
  memory: RunMemory,
  id: string,
  flags: readonly string[],
): Promise<Trouble | undefined> {
  return orArchived(
    access,
    id,
    () => liveTrouble(access, memory, id, flags),
    () => undefined,
  );
}

async function liveTrouble(
  access: Access,
  memory: RunMemory,
  id: string,
  flags: readonly string[],
): Promise<Trouble | undefined> {
  const description = await describeAgent(access, id);
  if (description.status.name !== 'RUNNING') return undefined;
  const attempts = description.raw.pendingWorkflowTask?.attempt ?? 0;
  if (attempts > 1) {
    const failed = await lastFailure(access, description, attempts);
    if (failed) return failing(failed, attempts);
  }
  return (
    workerless(description, await workersOn(access, description.taskQueue)) ??
    (await standingStill(access, memory, description, flags))
  );
}

interface TaskFailure {
  readonly at: string;
  readonly cause: string;
  readonly message: string;
  readonly worker: string;
}

/** The server records the first failure of a task and only counts those that follow, so it is near the end. */
const EVENTS_TO_LOOK_AT = 50;

async function lastFailure(
  access: Access,
  { workflowId, runId }: WorkflowExecutionDescription,
  attempts: number,
): Promise<TaskFailure | undefined> {
  const { history } = await askServer(access, () =>
    access.client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: access.client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: EVENTS_TO_LOOK_AT,
    }),
  );
  return failureIn(history?.events ?? [], attempts);
}

/** From the latest events, the last one first; undefined if the task has not failed, or been lost only once, as with a worker that is killed. */
export function failureIn(
  events: readonly proto.temporal.api.history.v1.IHistoryEvent[],
  attempts: number,
): TaskFailure | undefined {
  for (const event of events) {
    if (event.workflowTaskCompletedEventAttributes) return undefined;
    const at = new Date(millisecondsOf(event.eventTime)).toISOString();
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed) {
      const { cause, failure, identity } = failed;
      return { at, cause: causeName(cause), message: failure?.message ?? '', worker: identity ?? '' };
    }
    const isLost = event.workflowTaskTimedOutEventAttributes?.timeoutType === START_TO_CLOSE;
    if (isLost && attempts > LOST_ONCE)
      return { at, cause: TIMED_OUT, message: `${attempts - 1} times in a row`, worker: '' };
  }
  return undefined;
}

const START_TO_CLOSE = proto.temporal.api.enums.v1.TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE;
/** Number of the attempt after a task that was lost once. */
const LOST_ONCE = 2;
/** No cause of Temporal's: to the server it is another kind of event. */
const TIMED_OUT = 'TimedOut';

const Causes = proto.temporal.api.enums.v1.WorkflowTaskFailedCause;

/** `NonDeterministicError` for WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, as the server itself writes it. */
function causeName(cause: number | null | undefined): string {
  const name = Object.entries(Causes).find(([, value]) => value === cause)?.[0] ?? 'Unspecified';
  const words = name.replace('WORKFLOW_TASK_FAILED_CAUSE_', '').toLowerCase().split('_');
  return words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('');
}

function failing({ at, cause, message, worker }: TaskFailure, attempts: number): Trouble {
  const { what, advice } = explanations[cause] ?? {
    what: "the agent's own code fails",
    advice:
      'Read the log of the worker, correct what it names, and start it again: the agent goes on by itself.',
  };
  return {
    kind: 'task_failing',
    summary: `${what}: ${message.split('\n')[0] ?? ''}`,
    advice,
    since: at,
    attempts,
    cause,
    message,
    worker,
  };
}

const explanations: Readonly<Record<string, { what: string; advice: string }>> = {
  NonDeterministicError: {
    what: "the worker's build takes other steps than this agent's history has",
    advice:
      'Stop that worker and start one of the build before it, or of a newer one in which the change is guarded (docs/deploys.md). The agent goes on by itself; until then nothing is lost and nothing is done twice.',
  },
  [TIMED_OUT]: {
    what: 'workers take its task and do not end it in time',
    advice:
      'They end in the middle of it, hang, or lack memory or computing: read their logs, and give them more. The agent goes on by itself.',
  },
  BadSearchAttributes: {
    what: 'the namespace lacks a search attribute of agents',
    advice: 'Add it: `perdure doctor` prints the line. The agent goes on by itself within a minute or so.',
  },
};

/** Whether anybody would take the agent's next task. One that waits for people needs nobody until they answer. */
function workerless(
  { taskQueue, raw }: WorkflowExecutionDescription,
  queue: QueueWorkers,
): Trouble | undefined {
  const wanted = versionFor(raw.workflowExecutionInfo?.versioningInfo, queue);
  if (pollersFor(queue, wanted).length > 0) return undefined;
  const others = queue.pollers.map(({ version }) => (version ? versionName(version) : 'an unversioned one'));
  const whose = wanted ? `of version ${versionName(wanted)} ` : others.length > 0 ? 'without a version ' : '';
  const instead = others.length > 0 ? `, only ${[...new Set(others)].join(', ')}` : '';
  return {
    kind: 'no_worker',
    summary: `no worker ${whose}polls the task queue ${taskQueue}${instead}`,
    advice:
      others.length > 0
        ? 'Start a worker of that version, or move agents to another: `perdure deploy status`.'
        : 'Start a worker: `make dev` or `node dist/worker/main.js`. The agent goes on by itself.',
  };
}

const PINNED = proto.temporal.api.enums.v1.VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;

/** A pinned agent needs the version that it is on, and so does one with which a version is tried; any other follows the queue. */
export function versionFor(
  info: proto.temporal.api.workflow.v1.IWorkflowExecutionVersioningInfo | null | undefined,
  { current, ramping }: Pick<QueueWorkers, 'current' | 'ramping'>,
): Version | undefined {
  const own = versionOf(info?.deploymentVersion);
  if (info?.behavior === PINNED) return own;
  return ramping && sameVersion(own, ramping) ? ramping : current;
}
