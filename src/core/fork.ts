import type { ForkPoint } from '../contracts/activities.ts';
import { durationMs } from '../contracts/duration.ts';
import type { Fork } from '../contracts/fork.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { AgentStart } from '../contracts/start.ts';
import type { AgentState, Limits } from '../contracts/state.ts';
import { replaceContext } from './context.ts';
import { crewCalls } from './crew.ts';
import { editedContext } from './fork-edits.ts';
import { extendedBefore } from './initial-state.ts';
import { isLiving } from './living-children.ts';
import { withRequester } from './requester.ts';
import { snapshotOf } from './settle.ts';
import { checkBudget, hasNews, startTurn } from './turn.ts';

/**
 * Begins where another agent was at the end of a turn. What people decided there, gave leave for or claimed holds for that agent
 * alone, and so do the agents below it.
 */
export function forkFrom(state: AgentState, point: ForkPoint, at: number): AgentState {
  const { fork } = state.start;
  if (state.phase !== 'loading' || !fork) return state;
  const other = point.state;
  const refused = refusal(state, fork, other);
  if (refused) return refuse(state, refused);
  const edited = editedContext(other, fork);
  if (!edited.ok) return refuse(state, edited.rejection);
  const begun = replaceContext(
    { ...takenOver(state, point), origin: originOf(state, fork, point) },
    edited.context,
  );
  return goOn(begun, point, at);
}

function refuse(state: AgentState, { type, message }: Rejection): AgentState {
  return { ...state, outcome: { status: 'failed', failure: { type, message } } };
}

function refusal({ start }: AgentState, fork: Fork, other: AgentState): Rejection | undefined {
  const where = `agent ${fork.agent}@${fork.turn}`;
  if (start.agent !== other.start.agent)
    return { type: 'Invalid', message: `agent: ${where} is one of ${other.start.agent}` };
  if (other.definition === undefined)
    return { type: 'Conflict', message: `${where} did not know its definition yet` };
  if (other.calls.length > 0 || crewCalls(other).length > 0)
    return { type: 'Conflict', message: `${where} is among the turns of its crew: fork a later one` };
  return undefined;
}

/** What the agent was at that moment, as far as it is its own and not what surrounded it. */
function takenOver(state: AgentState, { state: other, heedsEarly }: ForkPoint): AgentState {
  const { definition, manifests, turn, checkpoint, notes, digest, compactedTurn, usage } = other;
  const { instructions } = state.start.fork ?? {};
  const known = definition && instructions !== undefined ? { ...definition, instructions } : definition;
  const limits = limitsOf(state, other);
  // Whoever asked for the other agent did not ask for this one.
  const vouched = withRequester({ ...state, ...(known ? { definition: known } : {}) });
  return {
    ...vouched,
    start: startOf(state.start, other.start),
    ...{ manifests, turn, checkpoint, notes, digest, compactedTurn, usage },
    phase: 'thinking',
    modelIndex: 0,
    modelAttempt: 1,
    children: other.children.filter((child) => !isLiving(child)),
    limits: extendedBefore(state, { limits, heedsEarly }),
  };
}

/** It works for whoever started it, and may do no more than the agent that was forked. */
function startOf(own: AgentStart, other: AgentStart): AgentStart {
  const { budget: _replaced, requester, model, ...inherited } = other;
  const asked = own.requester ?? requester;
  const chosen = own.model ?? model;
  const parent = other.parent && { ...other.parent, ...(own.requester ? { requester: own.requester } : {}) };
  return {
    ...inherited,
    labels: { ...other.labels, ...own.labels },
    ...(asked === undefined ? {} : { requester: asked }),
    ...(chosen === undefined ? {} : { model: chosen }),
    ...(own.budget ? { budget: own.budget } : {}),
    ...(parent ? { parent } : {}),
    ...(own.fork ? { fork: own.fork } : {}),
  };
}

/** The other agent's, with a life that begins now. */
function limitsOf({ start, startedAt }: AgentState, { limits, ...other }: AgentState): Limits {
  const { turns = limits.turns, tokens = limits.tokens, usd = limits.usd, deadline } = start.budget ?? {};
  const lifeMs = deadline === undefined ? limits.deadlineAt - other.startedAt : durationMs(deadline);
  return {
    turns,
    ...(tokens === undefined ? {} : { tokens }),
    ...(usd === undefined ? {} : { usd }),
    deadlineAt: startedAt + lifeMs,
  };
}

function originOf({ start }: AgentState, fork: Fork, { run }: ForkPoint): AgentState['origin'] {
  const { agent, turn } = fork;
  const following = fork.tools === 'recorded' && start.model === undefined && !isChanged(fork);
  return { agent, run, turn, following };
}

/** Whether the model has something else to think about than it had there. */
function isChanged({ instructions, messages = [], results = [], again }: Fork): boolean {
  return instructions !== undefined || messages.length > 0 || results.length > 0 || again === true;
}

/** With its next turn, unless the other agent had nothing more to do, nothing is different here and nobody has said anything meanwhile. */
function goOn(state: AgentState, { state: other, goesOn, heedsEarly }: ForkPoint, at: number): AgentState {
  const { fork } = state.start;
  const isOver = other.outcome !== undefined || other.suspension?.kind === 'idle';
  if (!isOver) return checkBudget(state, at);
  const anew = (fork !== undefined && isChanged(fork)) || (heedsEarly === true && hasNews(state));
  if (anew || state.start.model !== other.start.model || (goesOn && state.origin?.following === true))
    return startTurn(state, at);
  if (other.outcome) return { ...state, outcome: other.outcome };
  const reason = 'nothing to do until the next message or event';
  return { ...state, suspension: { kind: 'idle', since: at, reason, snapshot: snapshotOf(state) } };
}
