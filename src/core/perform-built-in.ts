import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { PolicyRule } from '../contracts/definition.ts';
import { durationMs, MAX_DURATION_MS } from '../contracts/duration.ts';
import { type Json, jsonBytes } from '../contracts/json.ts';
import { EVENT_TIMEOUT_MS, MAX_NOTES, MAX_NOTES_BYTES } from './bounds.ts';
import { type BuiltInTool, builtInTools } from './built-in-tools.ts';
import { endCall, failCall, holdCall } from './calls.ts';
import { openApproval } from './approvals.ts';
import { delegate } from './delegate.ts';
import { type Awaited, takeEvent } from './queue.ts';
import { watch } from './watch.ts';

/** Carries out a command of core. Its arguments have been checked; they are parsed again for their types. */
export function performBuiltIn(
  state: AgentState,
  call: ToolCall,
  name: BuiltInTool,
  at: number,
  rule: PolicyRule | undefined,
): AgentState {
  switch (name) {
    case 'ask_human': {
      const { question, choices, form } = builtInTools.ask_human.input.parse(call.args);
      return openApproval(state, call, {
        subject: 'question',
        reason: 'the agent asks',
        rule,
        at,
        question,
        choices,
        form,
      });
    }
    case 'note': {
      const { text } = builtInTools.note.input.parse(call.args);
      const notes = newest([...state.notes, text]);
      return succeed({ ...state, notes }, call, { noted: true, notes: notes.length });
    }
    case 'sleep_until':
      return sleep(state, call, at);
    case 'wait_for_event': {
      const { timeout, ...awaited } = builtInTools.wait_for_event.input.parse(call.args);
      const until = at + (timeout === undefined ? EVENT_TIMEOUT_MS : durationMs(timeout));
      return waitForEvent(state, call, awaited, until, at);
    }
    case 'watch':
      return watch(state, call, at);
    case 'delegate':
      return delegate(state, call, at);
    case 'finish':
      return holdCall(state, call, { kind: 'siblings' }, at);
  }
}

/** The latest notes, as many as an agent may keep. */
function newest(notes: readonly string[]): string[] {
  const kept = notes.slice(-MAX_NOTES);
  while (kept.reduce((size, note) => size + jsonBytes(note), 0) > MAX_NOTES_BYTES) kept.shift();
  return kept;
}

function succeed(state: AgentState, call: ToolCall, result: Json): AgentState {
  return endCall(state, call, { ok: true, result });
}

function sleep(state: AgentState, call: ToolCall, at: number): AgentState {
  const asked = builtInTools.sleep_until.input.parse(call.args);
  const until = asked.at === undefined ? at + durationMs(asked.after ?? '1s') : Date.parse(asked.at);
  if (until > at + MAX_DURATION_MS) return failCall(state, call, 'Invalid', 'at: more than a year ahead');
  if (until <= at) return succeed(state, call, { woke: new Date(at).toISOString() });
  return holdCall(state, call, { kind: 'timer', until }, at);
}

/** An event that came before it was waited for counts: it was kept. */
function waitForEvent(
  state: AgentState,
  call: ToolCall,
  { name, filter }: Awaited,
  until: number,
  at: number,
): AgentState {
  const kept = takeEvent(state, { name, filter });
  if (kept) return succeed(kept.state, call, { name, payload: kept.event.payload ?? null });
  const wait = { kind: 'event', name, until, ...(filter === undefined ? {} : { filter }) } as const;
  return holdCall(state, call, wait, at);
}
