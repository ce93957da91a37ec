import type { AgentState, ToolCall } from '../contracts/state.ts';
import { hasNewRules } from './edition.ts';
import { beginning } from './text.ts';

/** A result is no place for hundreds of calls; the transcript has them all. */
const MAX_NAMED_CHARS = 2_000;

/** A reason for an agent's end, with the calls of which nobody knows then whether they have had their effect. */
export function withOpenEffects(state: AgentState, reason: string): string {
  const open = state.calls.filter((call) => isOpenEffect(state, call));
  if (open.length === 0) return reason;
  const named = open.map(({ name, key }) => `${name} (${key})`).join(', ');
  return `${reason}; not known to be done or not: ${beginning(named, MAX_NAMED_CHARS)}`;
}

function isOpenEffect(state: AgentState, call: ToolCall): boolean {
  if (call.effect === 'pure' || call.effect === 'command') return false;
  if (call.status === 'running' || call.status === 'reconciling') return true;
  if (call.status !== 'waiting') return false;
  if (call.wait.kind === 'tool' && hasNewRules(state))
    return call.wait.next === 'reconcile' || call.effect === 'idempotent';
  if (call.wait.kind !== 'approval') return false;
  const { approval: id } = call.wait;
  return state.approvals.some((approval) => approval.id === id && approval.subject === 'unknown_outcome');
}
