import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { AgentState } from '../contracts/state.ts';
import { beginRun } from '../core/begin.ts';
import { workflowTime } from './workflow-time.ts';

/** A wrong argument will not get better by waiting, so the workflow fails at once and names the field. */
export function beginOrFail(start: unknown, carried: unknown): AgentState {
  const { workflowId: agentId, firstExecutionRunId: firstRunId } = workflowInfo();
  const begun = beginRun(start, carried, { agentId, firstRunId, at: workflowTime() });
  if (begun.ok) return begun.state;
  throw ApplicationFailure.create({ ...begun.rejection, nonRetryable: true });
}
