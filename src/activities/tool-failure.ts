import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { type FailureType, failures } from '../contracts/failures.ts';
import { beginning } from '../core/text.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import { RateLimited, ToolUnavailable } from '../tools/define-tool.ts';

/** What is known of the call's effect, beside what the failure itself says. */
export type Certainty = Pick<ActivityProblem, 'mayHaveActed' | 'notBegun'>;

/** A failure is recorded and read by people and models; a tool that throws a whole page is cut short. */
const MAX_MESSAGE_CHARS = 4_000;

/**
 * What a tool threw, as the failure of its step: retried by Temporal, if the effect class allows it, only when the tool
 * can't work now. One that names the time to come back must not burn attempts until then.
 */
export function toolFailure(error: unknown, certainty: Certainty = {}): Error {
  if (error instanceof ApplicationFailure) return error;
  const message = messageOf(error);
  if (error instanceof RateLimited) {
    return failure('ToolRateLimited', message, error, { ...waitOf(error), ...certainty });
  }
  // A tool that obeyed its signal has not failed: the worker is shutting down, or nobody waits for the call any more.
  if (Context.current().cancellationSignal.aborted) return new CancelledFailure(message);
  const type = error instanceof ToolUnavailable ? 'ToolUnavailable' : 'ToolBroken';
  return failure(type, message, error, certainty);
}

/** For how long a tool wants to be left alone, in milliseconds; what it says may be no number at all. */
export function waitOf({ retryAfterMs }: RateLimited): { retryAfterMs?: number } {
  return Number.isFinite(retryAfterMs) ? { retryAfterMs } : {};
}

function failure(type: FailureType, message: string, error: unknown, details: object): Error {
  // The cause goes into the history as well, with its message in full: a copy has one that is cut.
  const cause = new Error(message);
  if (error instanceof Error && error.stack !== undefined)
    cause.stack = beginning(error.stack, MAX_MESSAGE_CHARS);
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: !failures[type].retryable,
    details: Object.keys(details).length === 0 ? [] : [details],
    cause,
  });
}

export function messageOf(error: unknown): string {
  return beginning(error instanceof Error ? error.message : String(error), MAX_MESSAGE_CHARS);
}
