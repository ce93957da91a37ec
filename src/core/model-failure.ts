import type { AgentState, Suspension } from '../contracts/state.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import {
  MAX_REASON_CHARS,
  OUTAGE_FIRST_MS,
  OUTAGE_MAX_MS,
  RATE_LIMIT_FIRST_MS,
  RATE_LIMIT_MAX_MS,
  RETRY_AFTER_MAX_MS,
} from './bounds.ts';
import { compact } from './compaction.ts';
import { backoff } from './pause.ts';
import { snapshotOf } from './settle.ts';

/** What a failed model call means: a wait, the next model of the definition, or an outage that people can see. */
export function takeModelFailure(state: AgentState, problem: ActivityProblem, at: number): AgentState {
  if (problem.type === 'ModelRateLimited') return rateLimit(state, problem, at);
  if (problem.type === 'ContextTooLong' && state.compactedTurn !== state.turn) {
    return { ...compact(state), modelAttempt: state.modelAttempt + 1 };
  }
  const models = modelsOf(state);
  if (state.modelIndex + 1 < models.length) {
    return { ...state, modelIndex: state.modelIndex + 1, modelAttempt: state.modelAttempt + 1 };
  }
  return modelOutage(state, `${problem.type}: ${problem.message}`, at, problem.retryAfterMs);
}

/** The models to try in order: the one the agent was started with replaces the definition's list. */
export function modelsOf({ start, definition }: AgentState): readonly string[] {
  return start.model === undefined ? (definition?.models ?? []) : [start.model];
}

function rateLimit(state: AgentState, problem: ActivityProblem, at: number): AgentState {
  const pause = problem.retryAfterMs ?? backoff(state.modelFailures, RATE_LIMIT_FIRST_MS, RATE_LIMIT_MAX_MS);
  return suspend(state, 'rate_limit', problem.message, at, pause);
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
  const suspension: Suspension = {
    kind,
    since: at,
    until: at + Math.min(Math.max(pauseMs, 0), RETRY_AFTER_MAX_MS),
    reason: reason.slice(0, MAX_REASON_CHARS),
    snapshot: snapshotOf(state),
  };
  return { ...state, modelFailures: state.modelFailures + 1, suspension };
}
