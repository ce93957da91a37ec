import type { AgentState } from '../contracts/state.ts';
import type { Approval } from '../contracts/approval.ts';
import type { Child } from '../contracts/child.ts';
import type { Fork } from '../contracts/fork.ts';
import type { StandingGrant } from '../contracts/standing-grant.ts';
import type { ApprovalView, StandingGrantView, StatusDocument } from '../contracts/status.ts';
import { isStopped, openQuestions } from './approvals.ts';
import { MAX_CHILD_INPUT_CHARS } from './children.ts';
import { interruptionsOf, isoTime } from './interruptions.ts';
import { riskOf } from './risk.ts';
import { isInMotion } from './settle.ts';
import { beginning } from './text.ts';

/** What people and programs outside see of an agent. */
export function statusDocument(state: AgentState): StatusDocument {
  const { start, definition, outcome, limits, paused } = state;
  const { deadlineAt, ...budget } = limits;
  return {
    version: 1,
    agent: state.agentId,
    definition: { name: start.agent, hash: definition?.hash ?? '' },
    status: state.status,
    revision: state.revision,
    turn: state.turn,
    since: isoTime(state.since),
    input: start.input,
    ...(start.requester === undefined ? {} : { requester: start.requester }),
    ...(state.requesterSignedInAs === undefined ? {} : { requesterSignedInAs: state.requesterSignedInAs }),
    labels: start.labels,
    interruptions: interruptionsOf(state),
    approvals: openQuestions(state).map((approval) => openView(state, approval)),
    ...(state.standing.length === 0 ? {} : { grants: state.standing.map(grantView) }),
    calls: state.calls.filter(isInMotion).map(({ index, name, status, args, since }) => ({
      index,
      tool: name,
      status,
      args,
      since: isoTime(since),
    })),
    ...(start.fork === undefined ? {} : { fork: forkView(start.fork) }),
    ...(start.parent === undefined ? {} : { parent: start.parent.agent }),
    ...(state.children.length === 0 ? {} : { children: state.children.map(childView) }),
    ...(paused ? { paused: { ...paused, at: isoTime(paused.at) } } : {}),
    queued: { messages: state.inbox.length, events: state.events.length },
    notes: state.notes,
    usage: state.usage,
    budget: { ...budget, deadline: isoTime(deadlineAt) },
    ...(outcome?.status === 'completed' ? { result: outcome.result } : {}),
    ...(outcome?.status === 'failed' ? { failure: outcome.failure } : {}),
    ...(outcome?.status === 'cancelled' ? { failure: { type: 'Cancelled', message: outcome.reason } } : {}),
  };
}

function forkView({ agent, turn, tools }: Fork) {
  return { agent, turn, tools };
}

function childView({ id, agent, status, since, input, share, deadlineAt, usage }: Child) {
  return {
    agent: id,
    definition: agent,
    status,
    since: isoTime(since),
    input: beginning(input, MAX_CHILD_INPUT_CHARS),
    budget: { ...share, deadline: isoTime(deadlineAt) },
    ...(usage ? { usage } : {}),
  };
}

/** Until when it is open is not known while its clock stands. */
function openView(state: AgentState, approval: Approval): ApprovalView {
  const view = approvalView(approval, state.manifests);
  if (!isStopped(state, approval)) return view;
  const { expiresAt: _expires, remindsAt: _reminds, escalations: _escalates, ...shown } = view;
  return { ...shown, clockStopped: true };
}

/** An approval as people see it. */
export function approvalView(approval: Approval, manifests: AgentState['manifests']): ApprovalView {
  const { turn: _turn, index: _index, status: _status, proposal: _proposal, ...known } = approval;
  const { asksOnMs: _asksOn, stopsClock: _stops, reminder, escalations, claim, ...shown } = known;
  return {
    ...shown,
    requestedAt: isoTime(shown.requestedAt),
    expiresAt: isoTime(shown.expiresAt),
    decisions: shown.decisions.map((decision) => ({ ...decision, at: isoTime(decision.at) })),
    ...(claim ? { claim: { ...claim, at: isoTime(claim.at), until: isoTime(claim.until) } } : {}),
    ...(reminder ? { remindsAt: isoTime(reminder.at) } : {}),
    risk: riskOf(
      approval,
      manifests.find(({ name }) => name === approval.tool),
    ),
    ...(escalations ? { escalations: escalations.map((step) => ({ ...step, at: isoTime(step.at) })) } : {}),
  };
}

function grantView({ at, until, revoked, ...grant }: StandingGrant): StandingGrantView {
  return {
    ...grant,
    at: isoTime(at),
    until: isoTime(until),
    ...(revoked ? { revoked: { ...revoked, at: isoTime(revoked.at) } } : {}),
  };
}

/** Values of the search attributes. They change only when the agent enters or leaves a wait, a pause or its end. */
export interface SearchAttributeValues {
  readonly status: string;
  readonly waitingFor: readonly string[];
  readonly pendingApprovals: number;
}

/** `running` stands for starting, thinking and acting: two changes a turn would cost more than they tell. */
export function searchAttributes(state: AgentState): SearchAttributeValues {
  const { status } = state;
  const moving = status === 'starting' || status === 'thinking' || status === 'acting';
  return {
    status: moving ? 'running' : status,
    waitingFor: [...new Set(interruptionsOf(state).map(({ kind }) => kind))].sort(),
    pendingApprovals: openQuestions(state).length,
  };
}
