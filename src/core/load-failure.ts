import type { AgentState } from '../contracts/state.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import { DEFINITION_FIRST_MS, DEFINITION_GRACE_MS, DEFINITION_MAX_MS, MAX_REASON_CHARS } from './bounds.ts';
import { backoff } from './pause.ts';
import { beginning } from './text.ts';
import { snapshotOf } from './settle.ts';

/**
 * A file with mistakes is mended by people, so the agent waits and reads it again, as it does for a server of tools that
 * can't be reached; that it comes with a time says that waiting may help. A definition that is not there at all was a wrong name, and ends the agent.
 */
export function failToLoad(state: AgentState, problem: ActivityProblem, at: number): AgentState {
  if (state.phase !== 'loading') return state;
  const { type, message } = problem;
  const isOutage = type === 'ToolUnavailable';
  const isMendable = (type === 'DefinitionInvalid' || isOutage) && problem.retryAfterMs !== undefined;
  if (!isMendable || at >= state.startedAt + DEFINITION_GRACE_MS)
    return { ...state, outcome: { status: 'failed', failure: { type, message } } };
  const loadFailures = (state.loadFailures ?? 0) + 1;
  const pause = backoff(loadFailures - 1, DEFINITION_FIRST_MS, DEFINITION_MAX_MS);
  const suspension = {
    kind: 'definition' as const,
    ...(isOutage ? { cause: 'tool_outage' as const } : {}),
    since: at,
    until: at + pause,
    reason: beginning(`${type}: ${message}`, MAX_REASON_CHARS),
    snapshot: snapshotOf(state),
  };
  return { ...state, loadFailures, suspension };
}

/** Somebody says that it is mended, or it is time to look: the definition is read again. */
export function readAgain(state: AgentState): AgentState {
  const { suspension: _over, ...rest } = state;
  return rest;
}
