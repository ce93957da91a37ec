import proto from '@temporalio/proto';
import { type Access, askServer } from '../access.ts';

/** A worker's build in a Worker Deployment. */
export interface Version {
  readonly deployment: string;
  readonly build: string;
}

/** A worker that asks a task queue for work. */
export interface Poller {
  readonly identity: string;
  /** Absent for an unversioned worker. */
  readonly version?: Version;
}

export interface QueueWorkers {
  readonly pollers: readonly Poller[];
  /** Whom the server gives new agents and those that follow; absent: unversioned workers. */
  readonly current?: Version;
}

/** A poll lasts a minute at the most; a worker that has not asked for longer is gone, though the server lists it for minutes. */
const POLL_MS = 75_000;

/** Whoever polls a task queue for agents, and where the server sends them. */
export async function workersOn(access: Access, taskQueue: string): Promise<QueueWorkers> {
  const { pollers, versioningInfo } = await askServer(access, () =>
    access.client.workflowService.describeTaskQueue({
      namespace: access.client.options.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    }),
  );
  const current = versionOf(versioningInfo?.currentDeploymentVersion);
  return {
    pollers: pollers.filter(isThere).map(({ identity, deploymentOptions }) => {
      const isVersioned = deploymentOptions?.workerVersioningMode === VERSIONED;
      const version = isVersioned ? versionOf(deploymentOptions) : undefined;
      return { identity: identity ?? '', ...(version ? { version } : {}) };
    }),
    ...(current ? { current } : {}),
  };
}

const VERSIONED = proto.temporal.api.enums.v1.WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;

function isThere({ lastAccessTime }: proto.temporal.api.taskqueue.v1.IPollerInfo): boolean {
  return Date.now() - Number(lastAccessTime?.seconds?.toString() ?? 0) * 1_000 < POLL_MS;
}

export function versionOf(
  given: { deploymentName?: string | null; buildId?: string | null } | null | undefined,
): Version | undefined {
  if (!given?.deploymentName || !given.buildId) return undefined;
  return { deployment: given.deploymentName, build: given.buildId };
}

/** Those that would be given the work of a version, or of unversioned agents. */
export function pollersFor({ pollers }: QueueWorkers, version: Version | undefined): Poller[] {
  return pollers.filter((poller) => sameVersion(poller.version, version));
}

function sameVersion(left: Version | undefined, right: Version | undefined): boolean {
  return left?.deployment === right?.deployment && left?.build === right?.build;
}

/** As the server writes it. */
export function versionName({ deployment, build }: Version): string {
  return `${deployment}:${build}`;
}
