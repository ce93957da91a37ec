import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { type FailureType, failures } from '../contracts/failures.ts';
import { RateLimited, ToolUnavailable } from '../tools/define-tool.ts';

/**
 * What a tool threw, as the failure of its step: retried by Temporal, if the effect class allows it, only when the tool
 * can't work now. One that names the time to come back must not burn attempts until then.
 */
export function toolFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure) return error;
  const message = messageOf(error);
  if (error instanceof RateLimited) {
    const { retryAfterMs } = error;
    return failure(
      'ToolRateLimited',
      message,
      error,
      Number.isFinite(retryAfterMs) ? [{ retryAfterMs }] : [],
    );
  }
  // A tool that obeyed its signal has not failed: the worker is shutting down, or nobody waits for the call any more.
  if (Context.current().cancellationSignal.aborted) return new CancelledFailure(message);
  return failure(error instanceof ToolUnavailable ? 'ToolUnavailable' : 'ToolBroken', message, error);
}

function failure(type: FailureType, message: string, error: unknown, details: unknown[] = []): Error {
  const cause = error instanceof Error ? error : new Error(message);
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: !failures[type].retryable,
    details,
    cause,
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
