import type { RecalledCalls } from '../contracts/activities.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import type { AgentState, RecordedTurn } from '../contracts/state.ts';
import { callIn, endCall } from './calls.ts';
import { isTold } from './compaction.ts';
import { addToContext } from './context.ts';
import { enterCall } from './dispatch.ts';
import { isFollowing, leaveRecord } from './fork-calls.ts';
import { takeReply } from './turn.ts';

/** Goes on with a turn as the agent that was forked did: it is told the same, and the model's reply is the same. */
export function takeRecord(state: AgentState, recorded: RecordedTurn, at: number): AgentState {
  if (!state.origin || !isFollowing(state) || recorded.turn !== state.turn) return state;
  const known: AgentState = { ...state, origin: { ...state.origin, recorded } };
  const { reply } = recorded;
  const told = addToContext(known, at, notYetRead(known, recorded));
  if (!reply) return leaveRecord(told);
  // Calls that have not all ended there are looked up one by one.
  const isWhole = recorded.calls.length === reply.calls.length;
  return takeReply(isWhole ? told : leaveRecord(told), reply, at);
}

/** A fork begins with what had been read by the end of the turn before. */
function notYetRead({ context, turn }: AgentState, { read }: RecordedTurn) {
  const before = context.filter((entry) => entry.turn === turn && isTold(entry)).length;
  return read.slice(before).map(({ message, by, signedInAs }) => ({ ...message, by, signedInAs }));
}

/** Calls that the other agent made as well end as they did there; the others go their own way. */
export function takeRecalled(state: AgentState, found: RecalledCalls, at: number): AgentState {
  return state.calls.reduce((next, { index }) => {
    const call = callIn(next, index, 'recalling');
    if (!call) return next;
    const known = found.find((one) => one.index === index);
    return known ? endCall(next, call, known.outcome) : enterCall(next, call, at);
  }, state);
}

/** Without the record the fork would not be what it is said to be. */
export function loseRecord(state: AgentState, { type, message }: ActivityProblem): AgentState {
  const failure = { type, message: `what agent ${state.origin?.agent ?? ''} did can't be read: ${message}` };
  return { ...state, outcome: { status: 'failed', failure } };
}
