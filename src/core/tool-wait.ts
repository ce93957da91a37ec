import type { ActivityProblem } from '../contracts/event.ts';
import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Wait } from '../contracts/wait.ts';
import {
  MAX_REASON_CHARS,
  MAX_TOOL_WAITS,
  MIN_TOOL_PAUSE_MS,
  OUTAGE_FIRST_MS,
  OUTAGE_MAX_MS,
  RATE_LIMIT_FIRST_MS,
  RATE_LIMIT_MAX_MS,
  RETRY_AFTER_MAX_MS,
} from './bounds.ts';
import { type CallIdentity, holdCall, identityOf, withCall } from './calls.ts';
import { startCall } from './dispatch.ts';
import { manifestOf } from './manifest.ts';
import { backoff } from './pause.ts';

type ToolWait = Extract<Wait, { kind: 'tool' }>;

/** By contract of both, the attempt that ended so did nothing. */
const harmless: ReadonlySet<string> = new Set(['ToolRateLimited', 'ToolUnavailable']);

/** Whether the attempt that failed surely did nothing; of those before it that says nothing. */
export function didNothing({ type, notBegun }: Pick<ActivityProblem, 'type' | 'notBegun'>): boolean {
  return notBegun === true || harmless.has(type);
}

/** What is wrong with the tool, if time can mend it. */
function causeOf({ type }: ActivityProblem): ToolWait['cause'] | undefined {
  if (type === 'ToolRateLimited') return 'rate_limit';
  return type === 'ToolUnavailable' ? 'tool_outage' : undefined;
}

export function hasWaited({ repeats }: ToolCall): number {
  return repeats?.waits ?? 0;
}

/** Counts another beginning of a call that nobody asked for. */
export function repeated(call: ToolCall, more: { waits?: number; reconciled?: number } = {}): CallIdentity {
  const { rounds, waits, reconciled } = call.repeats ?? { rounds: 0, waits: 0, reconciled: 0 };
  const repeats = {
    rounds: rounds + 1,
    waits: waits + (more.waits ?? 0),
    reconciled: reconciled + (more.reconciled ?? 0),
  };
  return { ...identityOf(call), repeats };
}

/**
 * Lets a call wait for its tool, with a timer in the history rather than an attempt that burns. Undefined when waiting
 * would not help, or has not for too long. A `once` tool that was only unavailable is not run again without a word
 * from a person or from the tool itself.
 */
export function waitForTool(
  state: AgentState,
  call: ToolCall,
  problem: ActivityProblem,
  next: Pick<ToolWait, 'next' | 'lost'>,
  at: number,
): AgentState | undefined {
  const cause = causeOf(problem);
  if (cause === undefined || hasWaited(call) >= MAX_TOOL_WAITS) return undefined;
  const isToldByTool = cause === 'tool_outage' && next.next === 'run' && problem.notBegun !== true;
  if (isToldByTool && isLeftToModel(state, call)) return undefined;
  const until = at + pauseMs(call, cause, problem.retryAfterMs);
  const reason = `${call.name}: ${problem.message}`.slice(0, MAX_REASON_CHARS);
  return holdCall(state, call, { kind: 'tool', cause, until, reason, ...next }, at);
}

/** The one who writes a `once` tool says when it is unavailable; of an MCP server only our own adapter says so, before any call. */
function isLeftToModel(state: AgentState, { name, effect }: ToolCall): boolean {
  return effect === 'once' && manifestOf(state, name)?.mcp === undefined;
}

function pauseMs(call: ToolCall, cause: ToolWait['cause'], askedMs: number | undefined): number {
  const usual =
    cause === 'rate_limit'
      ? backoff(hasWaited(call), RATE_LIMIT_FIRST_MS, RATE_LIMIT_MAX_MS)
      : backoff(hasWaited(call), OUTAGE_FIRST_MS, OUTAGE_MAX_MS);
  return Math.min(Math.max(askedMs ?? usual, MIN_TOOL_PAUSE_MS), RETRY_AFTER_MAX_MS);
}

/** Goes on where the call stopped, under the same key. Only waits that ended by themselves count towards the bound. */
export function endToolWait(
  state: AgentState,
  call: ToolCall,
  wait: ToolWait,
  by: 'time' | 'resume',
  at: number,
): AgentState {
  const next = repeated(call, { waits: by === 'time' ? 1 : 0 });
  switch (wait.next) {
    case 'run':
      return startCall(state, next, at);
    case 'assess':
      return withCall(state, { ...next, since: at, round: next.round + 1, status: 'assessing' });
    case 'reconcile':
      return reconcileCall(state, next, wait.lost ?? wait.reason, at);
  }
}

/** The tool is asked what became of the call. */
export function reconcileCall(state: AgentState, call: CallIdentity, lost: string, at: number): AgentState {
  return withCall(state, { ...call, since: at, round: call.round + 1, status: 'reconciling', lost });
}
