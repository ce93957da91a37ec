import { ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { AgentResult } from '../contracts/result.ts';
import type { AgentState } from '../contracts/state.ts';

/** How the workflow ends: a result, a failure of the table, or cancellation when it was Temporal that cancelled. */
export function resultOf({ outcome, turn, usage }: AgentState): AgentResult {
  if (!outcome) throw new Error('the loop has ended, so there is an outcome');
  switch (outcome.status) {
    case 'completed':
      return { status: 'completed', result: outcome.result, turns: turn, usage };
    case 'cancelled':
      if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(outcome.reason);
      return { status: 'cancelled', reason: outcome.reason, turns: turn, usage };
    case 'failed':
      throw ApplicationFailure.create({
        ...outcome.failure,
        nonRetryable: true,
        details: [{ turns: turn, usage }],
      });
  }
}
