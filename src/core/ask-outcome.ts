import type { AgentState, ToolCall } from '../contracts/state.ts';
import { openApproval } from './approvals.ts';
import { MAX_RULE_CHARS } from './bounds.ts';
import { verdictOn } from './verdict.ts';

/**
 * A person who looks for the effect needs the key, so it goes before the arguments, which may be long. To run the call once more
 * takes as many people, and the same, as it took to let it run.
 */
export function askPerson(state: AgentState, call: ToolCall, lost: string, at: number): AgentState {
  const reason = lost.slice(0, MAX_RULE_CHARS);
  const { mode, rule } = verdictOn(state, call);
  const approvers = mode === 'auto' ? undefined : rule?.approvers;
  return openApproval(state, call, {
    ...{ subject: 'unknown_outcome', reason, at },
    ...(approvers ? { rule: { mode, approvers } } : {}),
  });
}
