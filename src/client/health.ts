import { optionalTsToDate, optionalTsToMs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import type { Health, QueueHealth } from '../contracts/overview.ts';
import { toolTaskQueue } from '../contracts/task-queues.ts';
import { type Access, askServer } from './access.ts';
import { agentCounts } from './agent-counts.ts';
import { packageVersion } from './package-version.ts';

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;

/** Who works on agents, what waits for them, and how many agents there are; asked of Temporal, and of no worker. */
export async function healthOf(access: Access): Promise<Health> {
  const { taskQueue } = access;
  const [queues, { byStatus, waitingFor, pendingApprovals }] = await Promise.all([
    Promise.all([
      queueHealth(access, 'agents', taskQueue, TASK_QUEUE_TYPE_WORKFLOW),
      queueHealth(access, 'models', taskQueue, TASK_QUEUE_TYPE_ACTIVITY),
      queueHealth(access, 'tools', toolTaskQueue(taskQueue), TASK_QUEUE_TYPE_ACTIVITY),
    ]),
    agentCounts(access),
  ]);
  return {
    version: packageVersion(),
    namespace: access.client.options.namespace,
    queues,
    agents: { byStatus: some(byStatus), waitingFor: some(waitingFor), pendingApprovals },
    archive: access.archive !== undefined,
  };
}

async function queueHealth(
  access: Access,
  kind: QueueHealth['kind'],
  name: string,
  taskQueueType: proto.temporal.api.enums.v1.TaskQueueType,
): Promise<QueueHealth> {
  const { client } = access;
  const { pollers, stats } = await askServer(access, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name },
      taskQueueType,
      reportStats: true,
    }),
  );
  return {
    ...{ name, kind },
    workers: pollers.map(({ identity, lastAccessTime }) => {
      const seenAt = optionalTsToDate(lastAccessTime)?.toISOString();
      return { identity: identity ?? '', ...(seenAt === undefined ? {} : { seenAt }) };
    }),
    waiting: Number(stats?.approximateBacklogCount ?? 0),
    oldestMs: optionalTsToMs(stats?.approximateBacklogAge) ?? 0,
  };
}

function some(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}
