import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Wait } from '../contracts/wait.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import type { ConditionCheck } from '../contracts/tool.ts';
import { durationMs } from '../contracts/duration.ts';
import { argumentProblem } from './arguments.ts';
import { EVENT_TIMEOUT_MS, MAX_WATCH_FAILURES, MIN_WATCH_MS } from './bounds.ts';
import { builtInTools } from './built-in-tools.ts';
import { callIn, endCall, failCall, holdCall, withCall } from './calls.ts';
import { manifestOf } from './manifest.ts';
import { boundedResult } from './results.ts';
import { needsFacts, verdictOn } from './verdict.ts';

type ConditionWait = Extract<Wait, { kind: 'condition' }>;
type Watching = Extract<ToolCall, { status: 'waiting' }>;

/** What a call of `watch` asks for; its arguments have been checked when it was opened. */
export function watchedBy({ args }: Pick<ToolCall, 'args'>) {
  return builtInTools.watch.input.parse(args);
}

/** Has a tool run from time to time, without the model, until a condition holds of its result. */
export function watch(state: AgentState, call: ToolCall, at: number): AgentState {
  const { timeout } = watchedBy(call);
  const problem = problemOf(state, call);
  if (problem) return failCall(state, call, problem.type, problem.message);
  const until = at + (timeout === undefined ? EVENT_TIMEOUT_MS : durationMs(timeout));
  const wait: ConditionWait = {
    ...{ kind: 'condition', until, nextAt: at, checks: 0, failures: 0, checking: true },
  };
  return holdCall(state, call, wait, at);
}

/** It runs unattended, so it must be one that only reads, and that the model may call as it likes. */
function problemOf(state: AgentState, call: ToolCall): { type: string; message: string } | undefined {
  const { tool, args } = watchedBy(call);
  const manifest = manifestOf(state, tool);
  if (!manifest || state.definition?.tools[tool] === undefined)
    return { type: 'NotFound', message: `tool: there is no tool ${tool} to be watched` };
  if (manifest.effect !== 'pure' || needsFacts(state, tool))
    return {
      type: 'Invalid',
      message: `tool: ${tool} does more than read, or is judged by facts, so it can't be watched`,
    };
  const wrong = argumentProblem(tool, args, state.manifests);
  if (wrong !== undefined) return { type: 'Invalid', message: `args: ${wrong}` };
  const { mode, reason } = verdictOn(state, { name: tool, args, facts: {} });
  if (mode === 'auto') return undefined;
  return {
    type: 'Forbidden',
    message: `policy does not let ${tool} run by itself (${reason}); do not repeat it`,
  };
}

/** The tool has run: the condition held, or it is checked again later. */
export function takeCheck(state: AgentState, index: number, found: ConditionCheck, at: number): AgentState {
  const watching = watchingIn(state, index);
  if (!watching) return state;
  const { call, wait } = watching;
  switch (found.type) {
    case 'held': {
      const result = found.stored === true ? found.result : boundedResult(found.result, state.calls.length);
      return endCall(state, call, { ok: true, result: { result, checks: wait.checks + 1 } });
    }
    case 'not-held':
      return later(state, call, { ...wait, failures: 0 }, at);
    case 'unclear':
      return failCall(state, call, 'Invalid', `condition: ${found.problem}`);
    case 'failed':
      return failOrGoOn(state, call, wait, { ...found.error, at });
  }
}

export function loseCheck(
  state: AgentState,
  index: number,
  problem: ActivityProblem,
  at: number,
): AgentState {
  const watching = watchingIn(state, index);
  return watching ? failOrGoOn(state, watching.call, watching.wait, { ...problem, at }) : state;
}

/** A tool that fails once is a hiccup; one that always does is something that the model must know. */
function failOrGoOn(
  state: AgentState,
  call: Watching,
  wait: ConditionWait,
  { type, message, at }: { type: string; message: string; at: number },
): AgentState {
  const failures = wait.failures + 1;
  if (failures >= MAX_WATCH_FAILURES)
    return failCall(state, call, type, `${failures} times in a row: ${message}`);
  return later(state, call, { ...wait, failures }, at);
}

function later(state: AgentState, call: Watching, wait: ConditionWait, at: number): AgentState {
  const everyMs = Math.max(durationMs(watchedBy(call).every), MIN_WATCH_MS);
  const next = { ...wait, nextAt: at + everyMs, checks: wait.checks + 1, checking: false };
  return withCall(state, { ...call, wait: next });
}

function watchingIn(state: AgentState, index: number): { call: Watching; wait: ConditionWait } | undefined {
  const call = callIn(state, index, 'waiting');
  return call?.wait.kind === 'condition' ? { call, wait: call.wait } : undefined;
}

export function checkNow(state: AgentState, call: Watching, wait: ConditionWait): AgentState {
  return wait.checking ? state : withCall(state, { ...call, wait: { ...wait, checking: true } });
}

/** The next moment at which something is due for a call that watches. */
export function dueAt({ until, nextAt, checking }: ConditionWait): number {
  return checking ? until : Math.min(nextAt, until);
}

export function passWatch(state: AgentState, call: Watching, wait: ConditionWait, at: number): AgentState {
  if (wait.until <= at)
    return failCall(state, call, 'Expired', `the condition did not hold in time, at ${wait.checks} checks`);
  return wait.nextAt <= at ? checkNow(state, call, wait) : state;
}
