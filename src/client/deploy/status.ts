import { AGENT_WORKFLOW_TYPE } from '../../contracts/message-definitions.ts';
import { quoted } from '../../contracts/visibility-query.ts';
import { type Access, askServer } from '../access.ts';
import { type BuildState, type Deployment, describeDeployment, onlyDeployment } from './deployment.ts';
import { pollersFor, type QueueWorkers, type Version, versionName, workersOn } from './pollers.ts';

/** As many ids as a person reads; the count is exact. */
const MAX_IDS = 20;

/** One build, or the unversioned workers and agents, which have no build. */
export interface BuildStatus {
  readonly build?: string;
  readonly state: BuildState | 'unversioned';
  /** Identities of its workers that poll the task queue now. */
  readonly workers: readonly string[];
  /** Agents whose last task it did. */
  readonly agents: { readonly count: number; readonly ids: readonly string[] };
  /** Those of them that stay with it. */
  readonly pinned: number;
  /** What keeps its agents from moving now. */
  readonly stranded?: string;
  /** What would strand agents if its workers were stopped. */
  readonly warning?: string;
}

export interface DeploymentStatus {
  readonly taskQueue: string;
  /** Absent when workers are unversioned. */
  readonly deployment?: string;
  readonly current?: string;
  readonly ramping?: { readonly build: string; readonly percentage: number };
  readonly builds: readonly BuildStatus[];
}

/** Who works on the agents of a task queue, which agents hold which build, and what strands or would strand them. */
export async function deploymentStatus(access: Access, name?: string): Promise<DeploymentStatus> {
  const { taskQueue } = access;
  const deploymentName = name ?? (await onlyDeployment(access));
  const workers = await workersOn(access, taskQueue);
  const deployment =
    deploymentName === undefined ? undefined : await describeDeployment(access, deploymentName);
  const builds: BuildStatus[] = [];
  for (const { build, state } of deployment?.builds ?? []) {
    const version = { deployment: deploymentName ?? '', build };
    const percentage = deployment?.ramping?.build === build ? deployment.ramping.percentage : undefined;
    builds.push(await buildStatus(access, workers, state, version, percentage));
  }
  const unversioned = await buildStatus(access, workers, 'unversioned', undefined);
  if (builds.length === 0 || unversioned.workers.length + unversioned.agents.count > 0)
    builds.push(unversioned);
  const { current, ramping }: Partial<Deployment> = deployment ?? {};
  return {
    taskQueue,
    ...(deploymentName === undefined ? {} : { deployment: deploymentName }),
    ...(current === undefined ? {} : { current }),
    ...(ramping === undefined ? {} : { ramping }),
    builds,
  };
}

async function buildStatus(
  access: Access,
  queue: QueueWorkers,
  state: BuildStatus['state'],
  version: Version | undefined,
  percentage?: number,
): Promise<BuildStatus> {
  const workers = pollersFor(queue, version).map(({ identity }) => identity);
  const held = await agentsOn(access, version);
  const pinned = version && held.count > 0 ? (await agentsOn(access, version, PINNED_ONLY)).count : 0;
  const hasWorkers = workers.length > 0;
  const fate = fateOf(state, { hasWorkers, agents: held.count, pinned, percentage, queue });
  return {
    ...(version ? { build: version.build } : {}),
    state,
    workers,
    agents: held,
    pinned,
    ...fate,
  };
}

const PINNED_ONLY = `TemporalWorkflowVersioningBehavior = 'Pinned'`;

/** Open agents of the task queue whose last task was done by a version, or by unversioned workers. */
async function agentsOn(
  access: Access,
  version: Version | undefined,
  condition?: string,
): Promise<{ count: number; ids: string[] }> {
  const query = [
    `WorkflowType = '${AGENT_WORKFLOW_TYPE}'`,
    `ExecutionStatus = 'Running'`,
    `TaskQueue = ${quoted(access.taskQueue)}`,
    version
      ? `TemporalWorkerDeploymentVersion = ${quoted(versionName(version))}`
      : 'TemporalWorkerDeploymentVersion IS NULL',
    ...(condition === undefined ? [] : [condition]),
  ].join(' AND ');
  return askServer(access, async () => {
    const { count } = await access.client.workflow.count(query);
    const ids: string[] = [];
    if (count > 0)
      for await (const { workflowId } of access.client.workflow.list({ query, pageSize: MAX_IDS })) {
        ids.push(workflowId);
        if (ids.length >= MAX_IDS) break;
      }
    return { count, ids };
  });
}

interface Held {
  readonly hasWorkers: boolean;
  readonly agents: number;
  readonly pinned: number;
  /** How much goes to a build that is tried. */
  readonly percentage?: number | undefined;
  readonly queue: QueueWorkers;
}

/** Agents that follow go to the current build at their next task, or to the one that is tried, whichever build they hold; pinned ones stay. */
export function fateOf(state: BuildStatus['state'], held: Held): Pick<BuildStatus, 'stranded' | 'warning'> {
  const { hasWorkers, agents, pinned, percentage = 0, queue } = held;
  if (!hasWorkers) {
    if (pinned > 0) return { stranded: `${agentsText(pinned)} pinned to this build, and it has no worker` };
    if (state === 'current')
      return { stranded: 'new agents and all that follow go to it, and it has no worker' };
    if (percentage > 0)
      return {
        stranded: `${percentage} % of new agents and of those that follow go to it, and it has no worker`,
      };
    if (state === 'unversioned' && agents > 0 && !queue.current)
      return { stranded: `${agentsText(agents)} without a version, and there is no unversioned worker` };
    return {};
  }
  if (pinned > 0) return { warning: `stopping its workers strands ${agentsText(pinned)} pinned to it` };
  if (state === 'current') return { warning: 'stopping all its workers stops all agents' };
  if (percentage > 0)
    return { warning: `stopping all its workers stops ${percentage} % of the agents that are not pinned` };
  if (state === 'unversioned' && !queue.current && agents > 0)
    return { warning: 'stopping all unversioned workers stops all agents' };
  return {};
}

function agentsText(count: number): string {
  return count === 1 ? '1 agent' : `${count} agents`;
}
