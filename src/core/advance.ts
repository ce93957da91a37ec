import type { AgentState } from '../contracts/state.ts';
import type { AgentEvent } from '../contracts/event.ts';
import type { AgentMessage } from '../contracts/messages.ts';
import type { LoadedDefinition } from '../contracts/activities.ts';
import { openApprovals } from './approvals.ts';
import { nothingUsed } from './budget.ts';
import { loseAssessment, takeAssessment } from './assessment.ts';
import { MAX_MESSAGES_PER_RUN } from './bounds.ts';
import { passTime } from './clock.ts';
import { endChild, lookNow, loseParent, openChild, sawChild, sawParent, withChild } from './children.ts';
import { compact, isOverfull } from './compaction.ts';
import { addToContext, systemText } from './context.ts';
import { failToLoad } from './load-failure.ts';
import { extendedBefore, limitsOf, sharedBudget } from './initial-state.ts';
import { applyMessage, isRepeated, personOf, refusal, wakeIfIdle } from './messages.ts';
import { takeModelFailure } from './model-failure.ts';
import { type Cause, settle } from './settle.ts';
import { loseReconciliation, loseTool, takeReconciliation } from './tool-loss.ts';
import { loseBatch, startAgain, takeOutcome } from './tool-outcome.ts';
import { loseCheck, takeCheck } from './watch.ts';
import { concludeCalls, resumeIfAffordable, startTurn, takeReply } from './turn.ts';

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
      return begin(state, event.loaded, at);
    case 'definition-failed':
      return failToLoad(state, event.problem, at);
    case 'model-replied':
      return isAsking(state) ? takeReply(state, event.reply, at) : state;
    case 'model-failed':
      return isAsking(state) ? takeModelFailure(state, event.problem, at) : state;
    case 'message-received':
      return takeMessage(state, event.message, at);
    case 'message-refused':
    case 'run-crowded':
      return state;
    case 'time-passed':
      return passTime(state, at);
    case 'context-overfull':
      return condense(state, at);
    case 'drained':
      return state.stopping
        ? { ...state, outcome: { status: 'cancelled', reason: stopReason(state) } }
        : state;
    case 'cancelled':
      return { ...state, outcome: { status: 'cancelled', reason: event.reason } };
    default:
      return isOfTree(event) ? advanceTree(state, event) : advanceCalls(state, event);
  }
}

type CallEvent = Extract<
  AgentEvent,
  {
    type:
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
    case 'calls-assessed':
      return event.assessments.reduce((next, assessment) => takeAssessment(next, assessment, at), state);
    case 'assessment-lost':
      return loseAssessment(state, event.indexes, event.problem, at);
    case 'tool-ended':
      return takeOutcome(state, event.index, event.outcome, at);
    case 'tool-lost':
      return loseTool(state, event.index, event.problem, event);
    case 'tool-not-started':
      return startAgain(state, event.index, at);
    case 'tool-reconciled':
      return takeReconciliation(state, event.index, event.found, at);
    case 'reconciliation-lost':
      return loseReconciliation(state, event.index, event.problem, at);
    case 'condition-checked':
      return takeCheck(state, event.index, event.found, at);
    case 'condition-lost':
      return loseCheck(state, event.index, event.problem, at);
    case 'batch-ended':
      return event.outcomes.reduce(
        (next, { index, outcome }) => takeOutcome(next, index, outcome, at),
        state,
      );
    case 'batch-lost':
      return loseBatch(state, event.indexes);
  }
}

/** A reply that nobody waits for any more changes nothing. */
function isAsking(state: AgentState): boolean {
  return state.phase === 'thinking' && !state.suspension;
}

/** A context that was too large for what is left of the budget may fit now. */
function condense(state: AgentState, at: number): AgentState {
  return isOverfull(state) ? resumeIfAffordable(compact(state), at) : state;
}

/** The agent knows its definition: the first turn begins. */
function begin(state: AgentState, { definition, manifests }: LoadedDefinition, at: number): AgentState {
  if (state.phase !== 'loading') return state;
  const { budget: asked = {}, parent } = state.start;
  const wanted = parent === undefined ? asked : sharedBudget(asked, definition.budget);
  const limits = limitsOf(wanted, definition.budget, state.startedAt);
  const known: AgentState = {
    ...state,
    definition,
    manifests,
    limits: { ...limits, ...extendedBefore(state, limits) },
  };
  const by = state.start.requester;
  const goal = addToContext(known, at, [
    { role: 'system', text: systemText(definition, state.agentId) },
    {
      role: 'user',
      text: state.start.input === '' ? 'Begin.' : state.start.input,
      ...(by === undefined ? {} : { by }),
    },
  ]);
  return startTurn(goal, at);
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

/** Who or what made the change, in words for the transition log. Refused and malformed messages are logged too. */
function causeOf(state: AgentState, event: AgentEvent): Omit<Cause, 'at'> {
  switch (event.type) {
    case 'message-received': {
      const { message, at } = event;
      const { by: actor, signedInAs } = personOf(state, message);
      if (isRepeated(state, message, at)) return { cause: `${message.name} (repeated)`, actor, signedInAs };
      const refused = refusal(state, message, at);
      const cause = refused ? `${message.name} refused: ${refused.message}` : describe(message);
      return { cause, actor, signedInAs, always: true };
    }
    case 'message-refused':
      return { cause: `${event.name} refused: ${event.reason}`, actor: 'outside', always: true };
    case 'run-crowded':
      return {
        cause: `${MAX_MESSAGES_PER_RUN} messages in this run: send updates, which can be refused; the server soon refuses signals`,
        actor: 'agent',
        always: true,
      };
    case 'definition-failed':
    case 'model-failed':
    case 'tool-lost':
    case 'assessment-lost':
    case 'reconciliation-lost':
      return {
        cause: `${event.type}: ${event.problem.type}: ${event.problem.message}`.slice(0, 500),
        actor: 'agent',
      };
    case 'tool-reconciled':
      return { cause: `${event.type}: ${event.found.type}`, actor: 'agent' };
    case 'child-started':
    case 'child-told':
    case 'child-missed':
    case 'child-seen':
      return { cause: `${event.type}: ${event.child}`, actor: 'agent' };
    case 'child-refused':
      return {
        cause: `${event.type}: ${event.child}: ${event.problem.message}`.slice(0, 500),
        actor: 'agent',
      };
    case 'child-ended':
      return { cause: `child ${event.ending.status}: ${event.child}`, actor: event.child };
    default:
      return { cause: event.type, actor: 'agent' };
  }
}

function describe(message: AgentMessage): string {
  switch (message.name) {
    case 'decide': {
      const { decision, approval, message: said } = message.payload;
      return `${decision} ${approval}${said === undefined ? '' : `: ${said}`}`.slice(0, 500);
    }
    case 'event':
      return `event ${message.payload.name}`;
    case 'pause':
    case 'stop':
    case 'resume': {
      const { reason } = message.payload;
      return reason === undefined ? message.name : `${message.name}: ${reason}`;
    }
    case 'claim':
    case 'release':
      return `${message.name} ${message.payload.approval}`;
    case 'grant': {
      const { tool, rule, when, until, reason } = message.payload;
      const bounds = [rule, when, `until ${until}`, reason].filter((part) => part !== undefined);
      return `grant ${tool}: ${bounds.join('; ')}`.slice(0, 500);
    }
    case 'revoke':
      return `revoke ${message.payload.grant}`;
    case 'childEnded':
      return `${message.name}: ${message.payload.child}`;
    case 'message':
    case 'extendBudget':
      return message.name;
  }
}
