import type { AgentState, CallOutcome, ContextEntry } from '../contracts/state.ts';
import { type Json, jsonBytes } from '../contracts/json.ts';
import type { RequestedCall } from '../contracts/model.ts';
import { MAX_CARRIED_BYTES } from './bounds.ts';
import { compact } from './compaction.ts';
import { replaceContext } from './context.ts';
import { newest } from './newest.ts';
import { beginning } from './text.ts';

/** What is kept of each list when a state would be too large; the whole of it is in the history of the run that ends. */
const KEPT_LIST_BYTES = 40_000;
const CUT_NOTE = ' …[cut: the agent had too much to carry into a new run]';

/**
 * The state as a run hands it to the next. It always fits into the payload: what only explains the past goes first, then
 * the texts that the model reads are cut, ever shorter. Whatever people wait for, and all that has not been read yet,
 * stays as it is.
 */
export function fitToCarry(state: AgentState): AgentState {
  const steps: readonly ((state: AgentState) => AgentState)[] = [
    forgetDecided,
    (crowded) => ({ ...crowded, transitions: newest(crowded.transitions, KEPT_LIST_BYTES) }),
    (crowded) => ({ ...crowded, digest: newest(crowded.digest, KEPT_LIST_BYTES) }),
    compact,
    (crowded) => cutTexts(crowded, 10_000),
    compact,
    (crowded) => cutTexts(crowded, 1_000),
    compact,
    (crowded) => cutTexts(crowded, 200),
  ];
  return steps.reduce((fitted, step) => (isCarriable(fitted) ? fitted : step(fitted)), state);
}

export function isCarriable(state: AgentState): boolean {
  return jsonBytes(state) <= MAX_CARRIED_BYTES;
}

function forgetDecided(state: AgentState): AgentState {
  const kept = newest(
    state.approvals.filter(({ status }) => status !== 'open'),
    KEPT_LIST_BYTES,
  );
  const approvals = state.approvals.filter(
    (approval) => approval.status === 'open' || kept.includes(approval),
  );
  return { ...state, approvals };
}

/** Cuts everything that the model reads but instructions and goal, and the results of calls that have ended. */
function cutTexts(state: AgentState, chars: number): AgentState {
  const context = state.context.map((entry, index) => (index < 2 ? entry : cutEntry(entry, chars)));
  const calls = state.calls.map((call) =>
    call.status === 'done' ? { ...call, outcome: cutOutcome(call.outcome, chars) } : call,
  );
  return replaceContext({ ...state, calls }, context);
}

function cutEntry(entry: ContextEntry, chars: number): ContextEntry {
  const message = { ...entry.message, text: cut(entry.message.text, chars) };
  if (message.role !== 'assistant') return { ...entry, message };
  return {
    ...entry,
    message: { ...message, calls: message.calls.map((call) => cutArguments(call, chars)) },
  };
}

function cutArguments(call: RequestedCall, chars: number): RequestedCall {
  const { args } = call;
  if (args.type === 'malformed') return { ...call, args: { ...args, text: cut(args.text, chars) } };
  const text = JSON.stringify(args.value);
  return isLong(text, chars) ? { ...call, args: { type: 'parsed', value: { cut: cut(text, chars) } } } : call;
}

function cutOutcome(outcome: CallOutcome, chars: number): CallOutcome {
  if (!outcome.ok)
    return { ok: false, error: { ...outcome.error, message: cut(outcome.error.message, chars) } };
  return { ...outcome, result: cutResult(outcome.result, chars) };
}

function cutResult(result: Json, chars: number): Json {
  const text = JSON.stringify(result);
  return isLong(text, chars) ? cut(text, chars) : result;
}

/** Already cut texts are left alone by the next pass with the same length. */
function isLong(text: string, chars: number): boolean {
  return text.length > chars + CUT_NOTE.length;
}

function cut(text: string, chars: number): string {
  return isLong(text, chars) ? beginning(text, chars) + CUT_NOTE : text;
}
