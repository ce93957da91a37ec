import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';

/**
 * As often as people can see a change. Several fit into a heartbeat timeout, so that a single lost one does no harm; a step
 * that is over sooner sends none, which would cost a call to the server for nothing.
 */
const HEARTBEAT_INTERVAL_MS = 500;

/** Why an attempt is cancelled whose result nobody will take: the server has given it up, and may have begun another. */
const GIVEN_UP: ReadonlySet<string> = new Set(['NOT_FOUND', 'TIMED_OUT']);
/** For work that obeys its signal to end by itself. */
const GIVEN_UP_GRACE_MS = 2_000;

/**
 * Heartbeats while the work runs, so that a dead worker is noticed and cancellation reaches the work. Work that goes on although the server
 * has given its attempt up is left to itself: it would keep its slot for ever.
 */
export async function withHeartbeat<Result>(
  details: () => unknown,
  work: () => Promise<Result>,
  what = Context.current().info.activityType,
): Promise<Result> {
  const context = Context.current();
  let isOver = false;
  const timer = setInterval(() => {
    context.heartbeat(details());
  }, HEARTBEAT_INTERVAL_MS);
  const givenUp = context.cancelled.catch(async (reason: unknown) => {
    const isGivenUp = reason instanceof CancelledFailure && GIVEN_UP.has(reason.message);
    if (!isGivenUp) return new Promise<never>(() => undefined);
    await pause(GIVEN_UP_GRACE_MS, undefined, { ref: false });
    if (!isOver)
      context.log.warn(
        `${what} ignores its signal: its attempt has been given up, and its slot is free again`,
      );
    throw reason;
  });
  try {
    return await Promise.race([work(), givenUp]);
  } finally {
    isOver = true;
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
 * Whether this attempt, which has run for so long here, may have been given up for want of a heartbeat: not before it is as old as that
 * timeout. Then it is worth a call to the server, also for a tool that does not ask itself.
 */
export function isLate(ranMs: number): boolean {
  const { currentAttemptScheduledTimestampMs: scheduledAt, heartbeatTimeoutMs = 0 } = Context.current().info;
  const age = Date.now() - scheduledAt;
  // A clock that is behind the server's tells nothing, or makes it look younger than what has passed here.
  return Math.max(age, ranMs) > heartbeatTimeoutMs || age < 0;
}

function leaseLost(reason: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'LeaseLost',
    message: `this attempt may no longer act: ${reason}`,
    // A retry gets a lease of its own; whether there is one is decided by the effect class.
    nonRetryable: false,
  });
}
