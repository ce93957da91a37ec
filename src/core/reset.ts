import type { AgentMessage } from '../contracts/messages.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { AgentState } from '../contracts/state.ts';

/** Goes on from an earlier moment. What is open is asked anew, so that nobody's decision is on something they saw before. */
export function reset(state: AgentState, at: number): AgentState {
  const approvals = state.approvals.map((approval) =>
    approval.status === 'open' ? { ...approval, revision: approval.revision + 1 } : approval,
  );
  return { ...state, approvals, resetAt: at };
}

/** A reset tells the agent again what people have said since, at the same moment. Leave that they gave then is no leave now. */
export function resetProblem(
  { resetAt }: AgentState,
  { name }: AgentMessage,
  at: number,
): Rejection | undefined {
  if (resetAt !== at || (name !== 'decide' && name !== 'grant')) return undefined;
  const message = 'the agent was reset just now, and goes on from before this was said: look at it again';
  return { type: 'Conflict', message };
}
