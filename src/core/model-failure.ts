import type { AgentState, Suspension } from '../contracts/state.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import {
  MAX_REASON_CHARS,
  OUTAGE_FIRST_MS,
  OUTAGE_MAX_MS,
  RATE_LIMIT_FIRST_MS,
  RATE_LIMIT_LEAST_MAX_MS,
  RATE_LIMIT_LEAST_MS,
  RATE_LIMIT_MAX_MS,
  RATE_LIMIT_WAIT_MS,
  RETRY_AFTER_MAX_MS,
  SPREAD_LEAST_MS,
  SPREAD_MAX_MS,
  SPREAD_SHARE,
} from './bounds.ts';
import { compact } from './compaction.ts';
import { hashText } from './hash.ts';
import { backoff } from './pause.ts';
import { snapshotOf } from './settle.ts';

/** What a failed model call means: a wait, the next model of the definition, or an outage that people can see. */
export function takeModelFailure(
  { insisting: _heard, ...state }: AgentState,
  problem: ActivityProblem,
  at: number,
): AgentState {
  if (problem.type === 'ModelRateLimited') return rateLimit(state, problem, at);
  if (problem.type === 'ContextTooLong' && state.compactedTurn !== state.turn) {
    return { ...compact(state), modelAttempt: state.modelAttempt + 1 };
  }
  return (
    askNextModel(state) ?? modelOutage(state, `${problem.type}: ${problem.message}`, at, problem.retryAfterMs)
  );
}

function askNextModel(state: AgentState): AgentState | undefined {
  if (state.modelIndex + 1 >= modelsOf(state).length) return undefined;
  return { ...state, modelIndex: state.modelIndex + 1, modelAttempt: state.modelAttempt + 1 };
}

/** The models to try in order: the one the agent was started with replaces the definition's list. */
export function modelsOf({ start, definition }: AgentState): readonly string[] {
  return start.model === undefined ? (definition?.models ?? []) : [start.model];
}

function rateLimit(state: AgentState, problem: ActivityProblem, at: number): AgentState {
  const pause = problem.retryAfterMs ?? backoff(state.modelFailures, RATE_LIMIT_FIRST_MS, RATE_LIMIT_MAX_MS);
  // Failures that were recorded before agents went on to another model do not say `otherModels`; replayed, they wait.
  if (problem.otherModels !== true || pause <= RATE_LIMIT_WAIT_MS) {
    return suspend(state, 'rate_limit', problem.message, at, pause);
  }
  const limited = { ...state, limitedUntil: Math.min(state.limitedUntil ?? Infinity, at + pause) };
  return askNextModel(limited) ?? suspend(limited, 'rate_limit', problem.message, at, pause);
}

/** No model answers. The agent asks again after a pause that grows, or when somebody says `resume`. */
export function modelOutage(
  state: AgentState,
  reason: string,
  at: number,
  retryAfterMs?: number,
): AgentState {
  const pause = retryAfterMs ?? backoff(state.modelFailures, OUTAGE_FIRST_MS, OUTAGE_MAX_MS);
  return suspend(state, 'model_outage', reason, at, pause);
}

function suspend(
  state: AgentState,
  kind: 'rate_limit' | 'model_outage',
  reason: string,
  at: number,
  pauseMs: number,
): AgentState {
  const asked = at + Math.min(Math.max(pauseMs, 0), RETRY_AFTER_MAX_MS);
  const suspension: Suspension = {
    kind,
    since: at,
    until: Math.min(asked, state.limitedUntil ?? asked),
    reason: reason.slice(0, MAX_REASON_CHARS),
    snapshot: snapshotOf(state),
  };
  return { ...state, modelFailures: state.modelFailures + 1, suspension };
}

/**
 * When an agent that waits for a model asks again: not before the server wants it, each time later if it keeps failing, and
 * not at the same moment as all the others that were refused with it. Only the timer knows; an agent that is woken at
 * `until` goes on as well.
 */
export function asksAgainAt(
  { agentId, turn, modelFailures }: AgentState,
  { kind, since, until }: ModelWait,
): number {
  const failures = Math.max(0, modelFailures - 1);
  const least =
    kind === 'rate_limit'
      ? backoff(failures, RATE_LIMIT_LEAST_MS, RATE_LIMIT_LEAST_MAX_MS)
      : backoff(failures, OUTAGE_FIRST_MS, OUTAGE_MAX_MS);
  const at = Math.max(until, since + least);
  const spread = Math.min(SPREAD_MAX_MS, Math.max(SPREAD_LEAST_MS, (at - since) * SPREAD_SHARE));
  return at + Math.floor(spread * fraction(`${agentId}:${turn}:${modelFailures}`));
}

export type ModelWait = Extract<Suspension, { kind: 'rate_limit' | 'model_outage' }>;

/** A number from 0 to 1 that looks like chance and is the same each time. */
function fraction(text: string): number {
  return Number.parseInt(hashText(text).slice(0, 8), 16) / 2 ** 32;
}
