import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { failures } from '../../../src/contracts/failures.ts';

/** The failure of a call that has to fail, which may be retried exactly when the failure table says so. */
export async function failureOf(reply: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await reply.then(
    () => assert.fail('it did not fail'),
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof ApplicationFailure, String(error));
  assert.equal(error.nonRetryable, !failures[error.type as keyof typeof failures].retryable);
  return error;
}
