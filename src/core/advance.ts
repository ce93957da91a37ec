import type { AgentState } from '../contracts/state.ts';
import type { AgentEvent } from '../contracts/event.ts';
import type { AgentMessage } from '../contracts/messages.ts';
import { openApprovals } from './approvals.ts';
import { nothingUsed } from './budget.ts';
import { loseAssessment, takeAssessment } from './assessment.ts';
import { causeOf } from './cause.ts';
import { passTime } from './clock.ts';
import { endChild, lookNow, loseParent, openChild, sawChild, sawParent, withChild } from './children.ts';
import { modelCallId } from './commands.ts';
import { compact, isOverfull } from './compaction.ts';
import { loseRecord, takeRecalled, takeRecord } from './follow-record.ts';
import { forkFrom } from './fork.ts';
import { hasNewRules } from './edition.ts';
import { failToLoad } from './load-failure.ts';
import { applyMessage, isRepeated, refusal, wakeIfIdle } from './messages.ts';
import { takeModelFailure } from './model-failure.ts';
import { reset } from './reset.ts';
import { settle } from './settle.ts';
import { takeDefinition } from './take-definition.ts';
import { loseReconciliation, loseTool, takeReconciliation } from './tool-loss.ts';
import { loseBatch, startAgain, takeOutcome } from './tool-outcome.ts';
import { loseCheck, takeCheck } from './watch.ts';
import { concludeCalls, resumeIfAffordable, takeReply } from './turn.ts';
import { withOpenEffects } from './open-effects.ts';

/**
 * What an agent becomes when something happens to it. Pure: the same state and event always give the same state,
 * so any past state is a fold over fewer events. Terminal states absorb everything.
 */
export function advance(state: AgentState, event: AgentEvent): AgentState {
  if (state.phase === 'ended') return state;
  const { at } = event;
  const cause = causeOf(state, event);
  const applied = apply(state, event);
  const next = applied.outcome ? applied : concludeCalls(applied, at);
  return settle(next.outcome ? end(next) : next, { ...cause, at });
}

/**
 * What an event does by itself, before a turn that is over with it is concluded and its calls are forgotten: for whoever tells
 * what became of each call.
 */
export function beforeConclusion(state: AgentState, event: AgentEvent): AgentState {
  return state.phase === 'ended' ? state : apply(state, event);
}

function apply(state: AgentState, event: AgentEvent): AgentState {
  const { at } = event;
  switch (event.type) {
    case 'definition-loaded':
      return takeDefinition(state, event.loaded, at);
    case 'definition-failed':
      return failToLoad(state, event.problem, at);
    case 'fork-loaded':
    case 'record-read':
    case 'record-lost':
      return advanceFork(state, event);
    case 'model-replied':
      return isAsking(state, event) ? takeReply(state, event.reply, at) : state;
    case 'model-failed':
      return isAsking(state, event) ? takeModelFailure(state, event.problem, at) : state;
    case 'message-received':
      return takeMessage(state, event.message, at);
    case 'reset':
      return reset(state, at);
    case 'message-refused':
    case 'run-crowded':
      return state;
    case 'time-passed':
      return passTime(state, at);
    case 'context-overfull':
      return condense(state, at);
    case 'drained':
      return state.stopping
        ? { ...state, outcome: { status: 'cancelled', reason: withOpenEffects(state, stopReason(state)) } }
        : state;
    case 'cancelled':
      return { ...state, outcome: { status: 'cancelled', reason: withOpenEffects(state, event.reason) } };
    default:
      return isOfTree(event) ? advanceTree(state, event) : advanceCalls(state, event);
  }
}

/** What was read of the agent that was forked. */
function advanceFork(
  state: AgentState,
  event: Extract<AgentEvent, { type: 'fork-loaded' | 'record-read' | 'record-lost' }>,
): AgentState {
  switch (event.type) {
    case 'fork-loaded':
      return forkFrom(state, event.point, event.at);
    case 'record-read':
      return isAsking(state) ? takeRecord(state, event.recorded, event.at) : state;
    case 'record-lost':
      return loseRecord(state, event.problem);
  }
}

type CallEvent = Extract<
  AgentEvent,
  {
    type:
      | 'calls-recalled'
      | 'calls-assessed'
      | 'assessment-lost'
      | 'tool-ended'
      | 'tool-lost'
      | 'tool-not-started'
      | 'tool-reconciled'
      | 'reconciliation-lost'
      | 'condition-checked'
      | 'condition-lost'
      | 'batch-ended'
      | 'batch-lost';
  }
>;

/** What a child did not use is the agent's again, and the end of one may be what it was waiting for. */
function goOn(state: AgentState, at: number): AgentState {
  return wakeIfIdle(resumeIfAffordable(state, at), at);
}

function isOfTree(event: CallEvent | TreeEvent): event is TreeEvent {
  return event.type === 'parent-seen' || event.type.startsWith('child-');
}

type TreeEvent = Extract<AgentEvent, { type: `child-${string}` | 'parent-seen' }>;

/** What became of the agents below this one, and above it. */
function advanceTree(state: AgentState, event: TreeEvent): AgentState {
  const { at } = event;
  switch (event.type) {
    case 'child-started':
      return openChild(state, event.child, event.run);
    case 'child-refused': {
      const { type, message } = event.problem;
      const ending = { status: 'failed', failure: { type, message }, usage: nothingUsed } as const;
      return goOn(endChild(state, event.child, ending), at);
    }
    case 'child-ended':
      return goOn(endChild(state, event.child, event.ending), at);
    case 'child-told':
      return withChild(state, event.child, (child) => ({ ...child, told: event.told }));
    case 'child-missed':
      return withChild(state, event.child, (child) => lookNow(child, at));
    case 'child-seen':
      return withChild(state, event.child, (child) => sawChild(child, at));
    case 'parent-seen':
      return event.isOpen ? sawParent(state, at) : loseParent(state, at);
  }
}

/** What the steps of the turn's calls came to. */
function advanceCalls(state: AgentState, event: CallEvent): AgentState {
  const { at } = event;
  switch (event.type) {
    case 'calls-recalled':
      return takeRecalled(state, event.found, at);
    case 'calls-assessed':
      return event.assessments.reduce((next, assessment) => takeAssessment(next, assessment, at), state);
    case 'assessment-lost':
      return loseAssessment(state, event.indexes, event.problem, at);
    case 'tool-ended':
      return takeOutcome(state, event.index, event.outcome, at);
    case 'tool-lost':
      return loseTool(state, event.index, event.problem, event);
    case 'tool-not-started':
      return startAgain(state, event, at);
    case 'tool-reconciled':
      return takeReconciliation(state, event.index, event.found, at);
    case 'reconciliation-lost':
      return loseReconciliation(state, event.index, event.problem, at);
    case 'condition-checked':
      return isOfNow(state, event) ? takeCheck(state, event.index, event.found, at) : state;
    case 'condition-lost':
      return isOfNow(state, event) ? loseCheck(state, event.index, event.problem, at) : state;
    case 'batch-ended':
      return event.outcomes.reduce(
        (next, { index, outcome }) => takeOutcome(next, index, outcome, at),
        state,
      );
    case 'batch-lost':
      return loseBatch(state, event.indexes);
  }
}

/** An answer that nobody waits for any more changes nothing: the model may have been asked again meanwhile, or about another turn. */
function isAsking(state: AgentState, { command }: { readonly command?: string } = {}): boolean {
  const isMeant = command === undefined || command === modelCallId(state) || !hasNewRules(state);
  return isMeant && state.phase === 'thinking' && !state.suspension;
}

/** A check may outlive its call, and another turn has a call of the same place. */
function isOfNow(state: AgentState, { turn }: { readonly turn: number }): boolean {
  return turn === state.turn || !hasNewRules(state);
}

/** A context that was too large for what is left of the budget may fit now. */
function condense(state: AgentState, at: number): AgentState {
  return isOverfull(state) ? resumeIfAffordable(compact(state), at) : state;
}

function takeMessage(state: AgentState, message: AgentMessage, at: number): AgentState {
  if (refusal(state, message, at) || isRepeated(state, message, at)) return state;
  return applyMessage(state, message, at);
}

function stopReason({ stopping }: AgentState): string {
  return `stopped by ${stopping?.by ?? 'nobody'}${stopping?.reason === undefined ? '' : `: ${stopping.reason}`}`;
}

/** Nothing is asked of people any more, and nothing is in progress. */
function end(state: AgentState): AgentState {
  const { suspension: _over, ...rest } = state;
  const open = openApprovals(state);
  return {
    ...rest,
    phase: 'ended',
    calls: [],
    approvals: state.approvals.map((approval) =>
      open.includes(approval) ? { ...approval, status: 'withdrawn' as const } : approval,
    ),
  };
}
