import { type AgentState, type Limits, STATE_VERSION } from '../contracts/state.ts';
import type { AgentStart } from '../contracts/start.ts';
import type { Budget } from '../contracts/definition.ts';
import { durationMs } from '../contracts/duration.ts';
import { nothingUsed } from './budget.ts';
import { DEFAULT_LIFE_MS, DEFAULT_TURNS, ORPHAN_LOOK_MS } from './bounds.ts';
import { hashText } from './hash.ts';

/** The state of an agent that has been asked for and knows nothing yet but its goal. */
export function initialState(agentId: string, firstRunId: string, start: AgentStart, at: number): AgentState {
  return {
    version: STATE_VERSION,
    agentId,
    firstRunId,
    startedAt: at,
    start,
    manifests: [],
    phase: 'loading',
    status: 'starting',
    since: at,
    revision: 0,
    transitions: [],
    turn: 0,
    checkpoint: 0,
    context: [],
    contextHash: hashText(firstRunId),
    contextSize: 0,
    notes: [],
    digest: [],
    compactedTurn: 0,
    modelIndex: 0,
    modelAttempt: 0,
    modelFailures: 0,
    emptyReplies: 0,
    calls: [],
    approvals: [],
    standing: [],
    children: [],
    ...(start.parent === undefined || start.fork !== undefined
      ? {}
      : { parentLook: { at: at + ORPHAN_LOOK_MS, count: 0, due: false } }),
    inbox: [],
    events: [],
    inboxBytes: 0,
    eventsBytes: 0,
    seenIds: [],
    usage: nothingUsed,
    limits: limitsOf(start.budget ?? {}, {}, at),
  };
}

/** The budget of an agent that was delegated to: neither its parent nor its own definition gives it more. */
export function sharedBudget(given: Budget, defined: Budget): Budget {
  const least = (one: number | undefined, other: number | undefined): number | undefined =>
    one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
  const shorter = [given.deadline, defined.deadline]
    .filter((deadline) => deadline !== undefined)
    .toSorted((left, right) => durationMs(left) - durationMs(right));
  return {
    turns: least(given.turns, defined.turns),
    tokens: least(given.tokens, defined.tokens),
    usd: least(given.usd, defined.usd),
    deadline: shorter[0],
  };
}

/** What the one who starts an agent asks for goes before the definition's budget, which goes before the defaults. */
export function limitsOf(asked: Budget, defined: Budget, startedAt: number): Limits {
  const tokens = asked.tokens ?? defined.tokens;
  const usd = asked.usd ?? defined.usd;
  const deadline = asked.deadline ?? defined.deadline;
  return {
    turns: asked.turns ?? defined.turns ?? DEFAULT_TURNS,
    ...(tokens === undefined ? {} : { tokens }),
    ...(usd === undefined ? {} : { usd }),
    deadlineAt: startedAt + (deadline === undefined ? DEFAULT_LIFE_MS : durationMs(deadline)),
  };
}

interface Known {
  readonly limits: Limits;
  readonly heedsEarly: true | undefined;
}

/** The limits that are known now, with what people added while the definition was still being read. */
export function extendedBefore(state: AgentState, { limits, heedsEarly }: Known): Limits {
  const asked = limitsOf(state.start.budget ?? {}, {}, state.startedAt);
  const extended = {
    ...limits,
    turns: limits.turns + state.limits.turns - asked.turns,
    deadlineAt: limits.deadlineAt + state.limits.deadlineAt - asked.deadlineAt,
  };
  for (const kind of ['tokens', 'usd'] as const) {
    const limit = limits[kind];
    const soFar = state.limits[kind] ?? 0;
    // Older workers took what was asked for whole, and no addition to what was not.
    if (heedsEarly === undefined && asked[kind] !== undefined) extended[kind] = soFar;
    if (heedsEarly && limit !== undefined) extended[kind] = limit + (soFar - (asked[kind] ?? 0));
  }
  return extended;
}
