import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

/**
 * As often as people can see a change. Several fit into a heartbeat timeout, so that a single lost one does no harm; a step
 * that is over sooner sends none, which would cost a call to the server for nothing.
 */
const HEARTBEAT_INTERVAL_MS = 500;

/** Heartbeats while the work runs, so that a dead worker is noticed and cancellation reaches the work. */
export async function withHeartbeat<Result>(
  details: () => unknown,
  work: () => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const timer = setInterval(() => {
    context.heartbeat(details());
  }, HEARTBEAT_INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/**
 * Asks the server, and waits for its answer, whether this attempt is still the one that counts. The SDK's own heartbeat
 * returns before the server has spoken, so a process that was suspended and wakes late would act first and hear later.
 */
export async function confirmLease(): Promise<void> {
  const { client, info } = Context.current();
  let reply: { cancelRequested?: boolean | null };
  try {
    reply = await client.workflowService.recordActivityTaskHeartbeat({
      namespace: info.namespace,
      taskToken: info.taskToken,
    });
  } catch (error) {
    throw leaseLost(error instanceof Error ? error.message : String(error));
  }
  if (reply.cancelRequested === true) throw leaseLost('the call was cancelled');
}

/**
 * Whether this attempt may have been given up for want of a heartbeat: not before it is as old as that timeout. Then it is worth a call
 * to the server, also for a tool that does not ask itself.
 */
export function isLate(): boolean {
  const { currentAttemptScheduledTimestampMs: scheduledAt, heartbeatTimeoutMs = 0 } = Context.current().info;
  return Date.now() - scheduledAt > heartbeatTimeoutMs;
}

function leaseLost(reason: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'LeaseLost',
    message: `this attempt may no longer act: ${reason}`,
    // A retry gets a lease of its own; whether there is one is decided by the effect class.
    nonRetryable: false,
  });
}
