import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import * as z from 'zod';
import { describeIssues } from '../contracts/messages.ts';
import { AgentStart } from '../contracts/start.ts';
import { AgentState } from '../contracts/state.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { initialState } from '../core/initial-state.ts';
import { workflowTime } from './workflow-time.ts';

/** What a run hands to the next one. */
export const Carried = z.object({ state: AgentState });
export type Carried = z.infer<typeof Carried>;

/** The state that this run begins with: a new agent's, or what the run before it carried over. */
export function beginRun(start: unknown, carried: unknown): AgentState {
  const asked = parseOrFail(
    AgentStart,
    start,
    'the argument must be {"agent": "<definition>", "input": "<goal>"}',
  );
  if (carried !== undefined && carried !== null) return parseOrFail(Carried, carried, 'carried state').state;
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return initialState(workflowId, firstExecutionRunId, asked, workflowTime());
}

/** A wrong argument will not get better by waiting, so the workflow fails at once and names the field. */
function parseOrFail<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  hint: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problem = isUndecodable(value) ? undecodableReason(value) : describeIssues(parsed.error);
  const message = `${problem} (${hint})`;
  throw ApplicationFailure.create({ type: 'Invalid', message, nonRetryable: true });
}
