import type { Role } from '../contracts/role.ts';
import type { AgentState, AgentStatus, Snapshot, ToolCall } from '../contracts/state.ts';
import { MAX_TRANSITIONS } from './bounds.ts';
import { signedIn } from './people.ts';

/** The status follows from the rest of the state; nothing sets it directly. */
export function statusOf(state: AgentState): AgentStatus {
  if (state.outcome) return state.outcome.status;
  if (state.stopping) return 'closing';
  if (state.paused) return 'paused';
  if (state.suspension) return 'waiting';
  if (state.phase === 'loading') return 'starting';
  if (state.phase === 'thinking') return 'thinking';
  const moving = state.calls.some(isInMotion);
  return moving ? 'acting' : 'waiting';
}

/** Something is done for the call, or would be if the agent were not held. */
export function isInMotion({ status }: ToolCall): boolean {
  return status !== 'waiting' && status !== 'done';
}

/** Where the agent stands now, for the interruption that begins. */
export function snapshotOf(state: AgentState): Snapshot {
  return { turn: state.turn, revision: state.revision, contextHash: state.contextHash };
}

export interface Cause {
  readonly cause: string;
  readonly actor: string;
  /** What an admin server vouches for, where the actor is a person. */
  readonly signedInAs?: Role | undefined;
  readonly at: number;
  /** Messages from outside are logged even when the status stays what it was. */
  readonly always?: boolean;
}

/** Brings status, revision and transition log up to date after an event. */
export function settle(
  state: AgentState,
  { cause, actor, signedInAs, at, always = false }: Cause,
): AgentState {
  const to = statusOf(state);
  const from = state.status;
  if (from === to && !always) return state;
  const revision = state.revision + 1;
  const transition = {
    ...{ revision, from, to, cause, actor },
    ...signedIn({ signedInAs }),
    ...{ at, turn: state.turn },
  };
  return {
    ...state,
    status: to,
    since: from === to ? state.since : at,
    revision,
    transitions: [...state.transitions.slice(1 - MAX_TRANSITIONS), transition],
  };
}
