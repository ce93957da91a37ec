import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import type { ToolOutcome } from '../contracts/tool.ts';
import type { Json } from '../contracts/json.ts';
import { MAX_RESULT_CHARS, MAX_TURN_RESULT_CHARS } from './bounds.ts';
import { openApproval } from './approvals.ts';
import { endCall, failCall, identityOf, withCall, withFacts } from './calls.ts';
import { judgeCall } from './dispatch.ts';

/** Facts that change this often while nobody decides are not facts; the call fails instead of asking for ever. */
const MAX_ROUNDS = 10;

function running(state: AgentState, index: number): Extract<ToolCall, { status: 'running' }> | undefined {
  const call = state.calls.find((candidate) => candidate.index === index);
  return call?.status === 'running' ? call : undefined;
}

/** The whole result is in the history; the state, which is carried from run to run, keeps what the model may read. */
function boundedResult(result: Json, callsInTurn: number): Json {
  const room = Math.min(MAX_RESULT_CHARS, Math.floor(MAX_TURN_RESULT_CHARS / callsInTurn));
  const text = JSON.stringify(result);
  if (text.length <= room) return result;
  const truncated = `the result has ${text.length} characters, of which the first ${room} follow; ask for a smaller part`;
  return { truncated, preview: text.slice(0, room) };
}

export function takeOutcome(state: AgentState, index: number, outcome: ToolOutcome, at: number): AgentState {
  const call = running(state, index);
  if (!call) return state;
  switch (outcome.type) {
    case 'succeeded':
      return endCall(state, call, { ok: true, result: boundedResult(outcome.result, state.calls.length) });
    case 'failed':
      return failCall(state, call, outcome.error.type, outcome.error.message);
    case 'facts-changed': {
      if (call.round >= MAX_ROUNDS) return failCall(state, call, 'Conflict', 'the facts keep changing');
      return judgeCall(state, { ...withFacts(identityOf(call), outcome.facts), status: 'assessing' }, at);
    }
  }
}

/**
 * The step failed for good. A pure call did nothing, nor did a single attempt whose tool said that it could not begin; of
 * any other nobody can know, so a person is asked.
 */
export function loseTool(state: AgentState, index: number, problem: ActivityProblem, at: number): AgentState {
  const call = running(state, index);
  if (!call) return state;
  const hadOneAttempt = call.effect === 'once' || call.effect === 'reconcilable';
  const didNothing = call.effect === 'pure' || (hadOneAttempt && problem.type === 'ToolUnavailable');
  if (didNothing) return failCall(state, call, problem.type, problem.message);
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
