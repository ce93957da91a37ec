import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { AgentState } from '../contracts/state.ts';
import { beginRun } from '../core/begin.ts';
import { changes } from './perform.ts';
import { workflowTime } from './workflow-time.ts';

/**
 * A wrong argument will not get better by waiting, so the workflow fails at once and names the field. What an earlier run
 * left is another matter: a worker that can't read it, because it was rolled back, must not end the agent.
 */
export function beginOrFail(start: unknown, carried: unknown, vouch: unknown): AgentState {
  const {
    workflowId: agentId,
    firstExecutionRunId: firstRunId,
    continuedFromExecutionRunId,
    startTime,
    parent,
    ...occasion
  } = workflowInfo();
  const begun = beginRun(start, carried, {
    ...{ agentId, firstRunId, at: workflowTime(), vouch },
    continues: continuedFromExecutionRunId !== undefined,
    ...{ occasion, changes },
    askedAt: startTime.getTime(),
    startedBy: parent?.workflowId,
  });
  if (begun.ok) return begun.state;
  const { rejection, isCarried } = begun;
  // A plain error fails the workflow task: Temporal shows it and tries again until a worker can read the state.
  if (isCarried) throw new Error(rejection.message);
  throw ApplicationFailure.create({ ...rejection, nonRetryable: true });
}
