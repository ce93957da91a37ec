import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { millisecondsOf } from '../contracts/wire-time.ts';

/** A poll lasts a minute at the most; a worker that has not asked for longer is gone, though the server lists it for minutes. */
const POLL_MS = 75_000;

/** What the server knows of a task queue and of who polls it for workflow tasks. */
export function agentQueue(
  client: Client,
  taskQueue: string,
): Promise<proto.temporal.api.workflowservice.v1.DescribeTaskQueueResponse> {
  return client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
}

/**
 * Those that are there now. When they polled is told by the server's clock, of which no answer tells the time: it can't be earlier than
 * the latest poll, so that a clock here that is behind does no harm. One that is ahead by a minute takes workers for gone.
 */
export function thereOf<Poller extends { readonly lastAccessTime?: Parameters<typeof millisecondsOf>[0] }>(
  pollers: readonly Poller[],
  now: number,
): Poller[] {
  const polls = pollers.map(({ lastAccessTime }) => millisecondsOf(lastAccessTime));
  const latest = Math.max(now, ...polls);
  return pollers.filter((_, index) => latest - (polls[index] ?? 0) < POLL_MS);
}
