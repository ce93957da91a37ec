import type { AgentState, CallOutcome, ToolCall } from '../contracts/state.ts';
import type { PolicyRule } from '../contracts/definition.ts';
import { failCall } from './calls.ts';

/** Whether a fork has gone on as the agent that was forked did, so that its model's replies are known. */
export function isFollowing({ origin }: AgentState): boolean {
  return origin?.following === true;
}

/** From here on something is different: the model is asked. */
export function leaveRecord(state: AgentState): AgentState {
  return state.origin && isFollowing(state)
    ? { ...state, origin: { ...state.origin, following: false } }
    : state;
}

/** The agent that was forked began another turn after this one, so that the fork does not end or idle here. */
export function recordGoesOn(state: AgentState): boolean {
  const { origin, turn } = state;
  return isFollowing(state) && origin?.recorded?.turn === turn && origin.recorded.goesOn;
}

/** What is read from a record costs nothing, so that a budget is looked at only if the fork was given one of its own. */
export function isFree(state: AgentState): boolean {
  return isFollowing(state) && state.start.budget === undefined;
}

/** What a call of the turn that is on record came to. */
export function recordedOutcome(state: AgentState, call: ToolCall): CallOutcome | undefined {
  if (!isFollowing(state)) return undefined;
  const found = state.origin?.recorded?.calls.find(
    ({ index, name, argsHash }) => index === call.index && name === call.name && argsHash === call.argsHash,
  );
  return found && !isOwn(call, found.outcome) ? found.outcome : undefined;
}

/** Commands that change only the agent itself are carried out, so that it becomes what the other one became. */
export function isOwn({ name }: Pick<ToolCall, 'name'>, { ok }: CallOutcome): boolean {
  return ok && (name === 'note' || name === 'finish');
}

/** Whether it is looked up on the whole record what became of such a call. */
export function isRecalled(state: AgentState, { name }: ToolCall): boolean {
  return (
    state.start.fork?.tools === 'recorded' &&
    state.origin !== undefined &&
    name !== 'note' &&
    name !== 'finish'
  );
}

/** Whether a call would change something outside of a fork that is not to. */
export function onlyProposes({ start }: AgentState, { name, effect }: ToolCall): boolean {
  if (start.fork === undefined || start.fork.tools === 'live') return false;
  return effect === 'command' ? name === 'delegate' : effect !== 'pure';
}

/** Policy would not have refused the call; whether people would have allowed it, nobody was asked. */
export function propose(state: AgentState, call: ToolCall, mode: PolicyRule['mode']): AgentState {
  const would = mode === 'auto' ? 'it would have run by itself' : `people would have been asked (${mode})`;
  return failCall(
    state,
    call,
    'Proposed',
    `nothing was done: this agent only tries out what would be, and the call is kept as a proposal (${would}). Go on without its effect, and do not repeat it`,
  );
}
