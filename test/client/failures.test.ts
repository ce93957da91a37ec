import assert from 'node:assert/strict';
import {
  ApplicationFailure,
  CancelledFailure,
  NamespaceNotFoundError,
  QueryNotRegisteredError,
  ServiceError,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { failedOutcome, outcomeOf } from '../../src/client/ending.ts';
import { isGivenUp, isSilence, toGatewayError } from '../../src/client/failures.ts';
import { failures, type FailureType } from '../../src/contracts/failures.ts';

/** An error as the gRPC library makes it: told by its code, details and metadata. */
function grpcError(code: number, details: string): Error {
  return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: { get: () => [] } });
}

function refused(type: string): Error {
  return new WorkflowUpdateFailedError('refused', ApplicationFailure.nonRetryable('no', type, { by: 'bob' }));
}

describe('errors of the gateway', () => {
  it('tell an update that may be sent again from one that may not', () => {
    const said = 'Unable to perform workflow execution update due to unexpected workflow task failure.';
    assert.ok(isGivenUp(grpcError(9, said)));
    assert.ok(isGivenUp(new ServiceError('x', { cause: grpcError(9, said) })));
    for (const other of [grpcError(9, 'no worker polls'), grpcError(14, said), new Error(said)])
      assert.ok(!isGivenUp(other));
  });

  const cases: [string, Error, FailureType, number][] = [
    ['an unknown agent', new WorkflowNotFoundError('x', 'a1', undefined), 'NotFound', 3],
    ['an id in use', new WorkflowExecutionAlreadyStartedError('x', 'a1', 'persistentAgent'), 'Conflict', 4],
    ['an unknown namespace', new NamespaceNotFoundError('n'), 'Unreachable', 5],
    [
      'a query to what was refused before it began',
      new QueryNotRegisteredError('Workflow did not register a handler for status.', 3),
      'NoWorker',
      5,
    ],
    ['an unknown query', new QueryNotRegisteredError('no such query', 3), 'Invalid', 2],
    ['a refused decision', refused('Conflict'), 'Conflict', 4],
    ['a forbidden one', refused('Forbidden'), 'Forbidden', 6],
    ['a refusal of a type that is not in the table', refused('Strange'), 'Invalid', 2],
    ['a server that is away', new ServiceError('x', { cause: grpcError(14, 'away') }), 'Unreachable', 5],
    ['a passed deadline', grpcError(4, 'late'), 'Unreachable', 5],
    ['a request that the server refuses', grpcError(3, 'bad'), 'Invalid', 2],
    ['a wrong key', grpcError(16, 'key'), 'Forbidden', 6],
    ['missing rights', grpcError(7, 'rights'), 'Forbidden', 6],
    ['a full server', grpcError(8, 'busy'), 'Unreachable', 5],
    ['no poller', grpcError(9, 'no poller seen'), 'NoWorker', 5],
  ];
  for (const [title, error, type, exitCode] of cases)
    it(`call ${title} ${type}`, () => {
      const mapped = toGatewayError(error);
      assert.equal(mapped?.type, type);
      assert.equal(failures[type].exitCode, exitCode);
      assert.notEqual(mapped.help, '');
    });

  it("pass on the agent's own words and details", () => {
    const mapped = toGatewayError(refused('Conflict'));
    assert.equal(mapped?.message, 'no');
    assert.deepEqual(mapped.details, [{ by: 'bob' }]);
  });

  it('leave a defect alone', () => {
    assert.equal(toGatewayError(new TypeError('x is not a function')), undefined);
  });

  it('know silence from an answer', () => {
    assert.equal(isSilence(grpcError(4, 'late')), true);
    assert.equal(isSilence(grpcError(9, 'no poller seen')), true);
    assert.equal(isSilence(grpcError(5, 'unknown')), false);
  });
});

describe('the end of an agent', () => {
  it('is what the workflow returned', () => {
    const usage = { turns: 1, inputTokens: 1, outputTokens: 1, usd: 0 };
    assert.deepEqual(outcomeOf({ status: 'completed', result: [1], turns: 1, usage }), {
      status: 'completed',
      result: [1],
    });
    assert.deepEqual(outcomeOf({ status: 'cancelled', reason: 'enough', turns: 1, usage }), {
      status: 'cancelled',
      reason: 'enough',
    });
    assert.deepEqual(outcomeOf('something else'), { status: 'completed', result: 'something else' });
  });

  it('is a failure of the table, a cancellation, or an end from outside', () => {
    assert.deepEqual(failedOutcome(ApplicationFailure.nonRetryable('gone', 'BudgetExceeded')), {
      status: 'failed',
      failure: { type: 'BudgetExceeded', message: 'gone' },
    });
    assert.equal(failedOutcome(new CancelledFailure('stop')).status, 'cancelled');
    assert.deepEqual(failedOutcome(new TerminatedFailure('killed')), {
      status: 'failed',
      failure: { type: 'Terminated', message: 'killed' },
    });
  });
});
