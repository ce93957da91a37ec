import type { AgentState, CallOutcome, ToolCall } from '../contracts/state.ts';
import type { Wait } from '../contracts/wait.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { RequestedCall } from '../contracts/model.ts';
import { isBuiltIn } from './built-in-tools.ts';
import { hashJson } from './hash.ts';
import { manifestOf } from './manifest.ts';
import { snapshotOf } from './settle.ts';

/** What stays the same of a call whatever happens to it. */
export type CallIdentity = Omit<Extract<ToolCall, { status: 'assessing' }>, 'status'>;

export function identityOf(call: ToolCall): CallIdentity {
  const { index, modelCallId, name, effect, args, argsHash, key, facts, factsHash, round, since } = call;
  return {
    ...{ index, modelCallId, name, effect, args, argsHash, key, facts, factsHash, round, since },
    ...(call.repeats ? { repeats: call.repeats } : {}),
    ...(call.mayHaveActed ? { mayHaveActed: true } : {}),
    ...(call.approval ? { approval: call.approval } : {}),
  };
}

/** A call of the turn if it is at this point; an event that comes late finds none. */
export function callIn<Status extends ToolCall['status']>(
  { calls }: AgentState,
  index: number,
  status: Status,
): Extract<ToolCall, { status: Status }> | undefined {
  return calls.find(
    (call): call is Extract<ToolCall, { status: Status }> => call.index === index && call.status === status,
  );
}

/** Puts a call in the place of its former self. */
export function withCall(state: AgentState, call: ToolCall): AgentState {
  return { ...state, calls: state.calls.map((other) => (other.index === call.index ? call : other)) };
}

export function endCall(state: AgentState, call: ToolCall, outcome: CallOutcome): AgentState {
  return withCall(state, { ...identityOf(call), status: 'done', outcome });
}

export function failCall(state: AgentState, call: ToolCall, type: string, message: string): AgentState {
  return endCall(state, call, { ok: false, error: { type, message } });
}

export function holdCall(state: AgentState, call: ToolCall, wait: Wait, at: number): AgentState {
  return withCall(state, {
    ...identityOf(call),
    since: at,
    status: 'waiting',
    wait,
    snapshot: snapshotOf(state),
  });
}

/** Gives a call other arguments; its key changes with them, so that two different actions never share one. */
export function withArguments(state: AgentState, call: CallIdentity, args: JsonObject): CallIdentity {
  const argsHash = hashJson(args);
  return { ...call, args, argsHash, key: callKey(state, call.index, argsHash) };
}

/** What an attempt may have done stays in doubt when the call is dispatched anew. */
export function doubted<Call extends CallIdentity>(call: Call, mayHaveActed: true | undefined): Call {
  return mayHaveActed && call.effect !== 'pure' ? { ...call, mayHaveActed } : call;
}

/** Somebody who can tell has said that nothing was done. */
export function undoubted({ mayHaveActed: _settled, ...call }: CallIdentity): CallIdentity {
  return call;
}

export function withFacts(call: CallIdentity, facts: JsonObject): CallIdentity {
  return { ...call, facts, factsHash: hashJson(facts) };
}

/** The identity of a call that the model asked for. */
export function newCall(
  state: AgentState,
  index: number,
  requested: RequestedCall,
  at: number,
): CallIdentity {
  const args = requested.args.type === 'parsed' ? requested.args.value : {};
  const argsHash = hashJson(args);
  const manifest = manifestOf(state, requested.name);
  return {
    index,
    modelCallId: requested.id,
    name: requested.name,
    effect: isBuiltIn(requested.name) ? 'command' : (manifest?.effect ?? 'once'),
    args,
    argsHash,
    key: callKey(state, index, argsHash),
    facts: {},
    factsHash: hashJson({}),
    round: 0,
    since: at,
  };
}

/** The same for every attempt of a call, and never the same for other arguments. */
export function callKey(
  { firstRunId, turn }: Pick<AgentState, 'firstRunId' | 'turn'>,
  index: number,
  argsHash: string,
): string {
  return `${firstRunId}/${turn}/${index}/${argsHash}`;
}
