import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { ToolOutcome } from '../contracts/tool.ts';
import { type Json, JsonObject } from '../contracts/json.ts';
import { askPerson } from './ask-outcome.ts';
import { callIn, doubted, endCall, failCall, identityOf, withCall, withFacts } from './calls.ts';
import { judgeCall, startCall } from './dispatch.ts';
import { boundedResult } from './results.ts';

const LATE_FACTS = 'an attempt that may have acted was lost, and the facts are others by now';
/** Facts that change this often while nobody decides are not facts; the call fails instead of asking for ever. */
const MAX_ROUNDS = 10;

/** Rounds that began because the facts were others or a person said so. */
function roundsOfFacts({ round, repeats }: ToolCall): number {
  return round - (repeats?.rounds ?? 0);
}

/** What the model reads of a result that was recorded: a bounded part of it, or the reference to where it is kept. */
export function shownResult(
  state: AgentState,
  { result, stored }: { result: Json; stored?: boolean | undefined },
): Json {
  return stored === true ? withHint(state, result) : boundedResult(result, state.calls.length);
}

/** A reference says how to get at the rest, if the agent can. */
function withHint(state: AgentState, reference: Json): Json {
  const canRead = state.definition?.tools['read_artifact'] !== undefined;
  const hint = canRead
    ? 'this is the beginning of a long result; read the rest with read_artifact'
    : 'this is the beginning of a long result; ask for a smaller part';
  return { hint, ...JsonObject.parse(reference) };
}

export function takeOutcome(state: AgentState, index: number, outcome: ToolOutcome, at: number): AgentState {
  const call = callIn(state, index, 'running');
  if (!call) return state;
  switch (outcome.type) {
    case 'succeeded':
      return endCall(state, call, { ok: true, result: shownResult(state, outcome) });
    case 'failed':
      return failCall(state, call, outcome.error.type, outcome.error.message);
    case 'facts-changed': {
      // Policy is asked of what is still to be done; this may be done already.
      if (outcome.mayHaveActed === true) return askPerson(state, doubted(call, true), LATE_FACTS, at);
      if (roundsOfFacts(call) >= MAX_ROUNDS)
        return failCall(state, call, 'Conflict', 'the facts keep changing');
      return judgeCall(state, { ...withFacts(identityOf(call), outcome.facts), status: 'assessing' }, at);
    }
  }
}

/** The call starts once more as if for the first time; only its round says that it is another dispatch. */
export function startAgain(
  state: AgentState,
  { index, mayHaveActed }: { index: number; mayHaveActed?: true },
  at: number,
): AgentState {
  const call = callIn(state, index, 'running');
  return call ? startCall(state, identityOf(doubted(call, mayHaveActed)), at) : state;
}

/** A batch that took too long is run again, each call as a step of its own; all of them are pure. */
export function loseBatch(state: AgentState, indexes: readonly number[]): AgentState {
  return indexes.reduce((next, index) => {
    const call = callIn(next, index, 'running');
    return call ? withCall(next, { ...call, alone: true }) : next;
  }, state);
}
