import { type AgentState, type Limits, STATE_VERSION } from '../contracts/state.ts';
import type { AgentStart } from '../contracts/start.ts';
import type { Budget } from '../contracts/definition.ts';
import { durationMs } from '../contracts/duration.ts';
import { DEFAULT_LIFE_MS, DEFAULT_TURNS } from './bounds.ts';
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
    inbox: [],
    events: [],
    inboxBytes: 0,
    eventsBytes: 0,
    seenIds: [],
    usage: { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 },
    limits: limitsOf(start.budget ?? {}, {}, at),
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
