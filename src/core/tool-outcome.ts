import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import type { ToolOutcome } from '../contracts/tool.ts';
import { openApproval } from './approvals.ts';
import { endCall, failCall, identityOf, withCall, withFacts } from './calls.ts';
import { judgeCall } from './dispatch.ts';

/** Facts that change this often while nobody decides are not facts; the call fails instead of asking for ever. */
const MAX_ROUNDS = 10;

function running(state: AgentState, index: number): Extract<ToolCall, { status: 'running' }> | undefined {
  const call = state.calls.find((candidate) => candidate.index === index);
  return call?.status === 'running' ? call : undefined;
}

export function takeOutcome(state: AgentState, index: number, outcome: ToolOutcome, at: number): AgentState {
  const call = running(state, index);
  if (!call) return state;
  switch (outcome.type) {
    case 'succeeded':
      return endCall(state, call, { ok: true, result: outcome.result });
    case 'failed':
      return failCall(state, call, outcome.error.type, outcome.error.message);
    case 'facts-changed': {
      if (call.round >= MAX_ROUNDS) return failCall(state, call, 'Conflict', 'the facts keep changing');
      return judgeCall(state, { ...withFacts(identityOf(call), outcome.facts), status: 'assessing' }, at);
    }
  }
}

/** The step failed for good. A pure call did nothing; of any other nobody can know, so a person is asked. */
export function loseTool(state: AgentState, index: number, problem: ActivityProblem, at: number): AgentState {
  const call = running(state, index);
  if (!call) return state;
  if (call.effect === 'pure') return failCall(state, call, problem.type, problem.message);
  const rule = `${problem.type}: ${problem.message}`.slice(0, 500);
  return openApproval(state, call, { subject: 'unknown_outcome', rule, deadline: undefined, at });
}

/** A batch that took too long is run again, each call as a step of its own; all of them are pure. */
export function loseBatch(state: AgentState, indexes: readonly number[]): AgentState {
  return indexes.reduce((next, index) => {
    const call = running(next, index);
    return call ? withCall(next, { ...call, alone: true }) : next;
  }, state);
}
