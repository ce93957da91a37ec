import proto from '@temporalio/proto';
import { type Access, askServer } from '../access.ts';
import { agentQueue, thereOf } from '../queue-pollers.ts';

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
  /** The build that is tried with a part of them. */
  readonly ramping?: Version;
}

/** Whoever polls a task queue for agents, and where the server sends them. */
export async function workersOn(access: Access, taskQueue: string): Promise<QueueWorkers> {
  const { pollers, versioningInfo } = await askServer(access, () => agentQueue(access.client, taskQueue));
  const current = versionOf(versioningInfo?.currentDeploymentVersion);
  const ramping = versionOf(versioningInfo?.rampingDeploymentVersion);
  return {
    pollers: thereOf(pollers, Date.now()).map(({ identity, deploymentOptions }) => {
      const isVersioned = deploymentOptions?.workerVersioningMode === VERSIONED;
      const version = isVersioned ? versionOf(deploymentOptions) : undefined;
      return { identity: identity ?? '', ...(version ? { version } : {}) };
    }),
    ...(current ? { current } : {}),
    ...(ramping ? { ramping } : {}),
  };
}

const VERSIONED = proto.temporal.api.enums.v1.WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;

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

export function sameVersion(left: Version | undefined, right: Version | undefined): boolean {
  return left?.deployment === right?.deployment && left?.build === right?.build;
}

/** As the server writes it. */
export function versionName({ deployment, build }: Version): string {
  return `${deployment}:${build}`;
}
