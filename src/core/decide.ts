import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Approval, Decision } from '../contracts/approval.ts';
import type { JsonObject } from '../contracts/json.ts';
import { BudgetExtension, type Decide } from '../contracts/messages.ts';
import { extendLimits } from './budget.ts';
import { resumeIfAffordable } from './turn.ts';
import { closeApproval, findApproval, withApproval } from './approvals.ts';
import { agreed } from './decision-problem.ts';
import { shortened } from './agreed-words.ts';
import { type Person, signedIn } from './people.ts';
import { endCall, failCall, identityOf, undoubted, withArguments, withCall } from './calls.ts';
import { reportedOutcome } from './report.ts';
import { bindingHash, judgeCall, permitCall, startCall } from './dispatch.ts';
import { hasAssess } from './verdict.ts';
import { withOpenEffects } from './open-effects.ts';

/** A decision, and as what whoever made it is signed in. */
type Decided = Decide & Pick<Person, 'signedInAs'>;

/** Applies a decision that `decisionProblem` found nothing against. */
export function applyDecision(state: AgentState, decide: Decide, person: Person, at: number): AgentState {
  const approval = findApproval(state, decide.approval);
  if (!approval) return state;
  const { decision, by, args, message } = decide;
  const made: Decision = {
    ...{ decision, by, at },
    ...(args ? { args } : {}),
    ...(message === undefined ? {} : { message }),
    ...signedIn(person),
  };
  if (approval.subject === 'budget') return decideBudget(state, approval, made, at);
  const decisions = [...approval.decisions, made];
  // One no is enough; a yes is one of as many as the rule wants.
  if (decision === 'approve' && agreed({ decisions }).length < approval.required) {
    const asKept = [...approval.decisions, shortened(state, made)];
    return withApproval(state, { ...approval, revision: approval.revision + 1, decisions: asKept });
  }
  const next = withApproval(state, closeApproval(approval, 'decided', decisions));
  const call = waitingCall(next, approval);
  return call
    ? carryOut(next, call, { ...approval, decisions }, { ...decide, ...signedIn(person) }, at)
    : next;
}

/** Carries out what people decided about the budget, and keeps the decision. */
function decideBudget(state: AgentState, question: Approval, made: Decision, at: number): AgentState {
  const closed = closeApproval(question, 'decided', [made]);
  const kept = { ...state, approvals: [...state.approvals, closed] };
  if (made.decision === 'reject') {
    const why = made.message === undefined ? '' : `: ${made.message}`;
    const message = `${made.by} did not extend the budget${why}`;
    return { ...kept, outcome: { status: 'failed', failure: { type: 'BudgetExceeded', message } } };
  }
  const more = BudgetExtension.parse(made.args ?? question.args);
  const next = resumeIfAffordable({ ...kept, limits: extendLimits(kept, more, at) }, at);
  const { suspension } = next;
  if (suspension?.kind !== 'budget' || suspension.since !== state.suspension?.since) return next;
  // Not enough: people are asked for more by another question, which is always a later one, since this one has its answer.
  const askedAt = Math.max(at, question.requestedAt + 1);
  return { ...next, suspension: { ...suspension, askedAt } };
}

function waitingCall(state: AgentState, { id }: Approval): ToolCall | undefined {
  return state.calls.find(
    (call) => call.status === 'waiting' && call.wait.kind === 'approval' && call.wait.approval === id,
  );
}

function carryOut(
  state: AgentState,
  call: ToolCall,
  approval: Approval,
  decide: Decided,
  at: number,
): AgentState {
  const { decision, by, message = '' } = decide;
  switch (decision) {
    case 'approve':
      return runApproved(state, call, approval, agreed(approval).join(', '), at);
    case 'edit':
      return runEdited(state, call, approval, decide, at);
    case 'respond': {
      if (approval.subject === 'question') {
        return endCall(state, call, { ok: true, result: answerOf(decide) });
      }
      return endCall(state, call, reportedOutcome(state, call, message, by));
    }
    case 'reject':
      return failCall(state, call, 'Rejected', `${by} rejected this call: ${message || 'no reason given'}`);
    case 'ignore':
      return failCall(state, call, 'Ignored', `${by} chose not to answer: ${message || 'no reason given'}`);
  }
}

/** With a form the answer is its fields; what somebody wrote beside them goes along. */
function answerOf({ by, args, message }: Decide): JsonObject {
  if (!args) return { answer: message ?? '', by };
  return { answer: args, ...(message === undefined ? {} : { message }), by };
}

function runApproved(
  state: AgentState,
  call: ToolCall,
  approval: Approval,
  by: string,
  at: number,
): AgentState {
  const granted = { ...identityOf(call), approval: { id: approval.id, by, hash: bindingHash(call) } };
  // An unknown outcome is asked about after policy gave leave; the key is the same, so its owner recognises a repeat.
  if (approval.subject === 'unknown_outcome') return startCall(state, undoubted(granted), at);
  return permitCall(state, { ...granted, status: 'assessing' }, at, undefined);
}

/**
 * Edited arguments are another action: assessed and judged anew, with the edit as approval where the same rule asks again, or as
 * the first one if it wants several.
 */
function runEdited(
  state: AgentState,
  call: ToolCall,
  approval: Approval,
  decide: Decided,
  at: number,
): AgentState {
  const edited = withArguments(state, identityOf(call), decide.args ?? call.args);
  const granted = {
    ...edited,
    round: edited.round + 1,
    since: at,
    approval: {
      ...{ id: approval.id, by: decide.by, hash: bindingHash(edited), editedUnder: approval.rule ?? '' },
      ...signedIn(decide),
    },
    status: 'assessing' as const,
  };
  const next = withCall(state, granted);
  return hasAssess(state, call.name) ? next : judgeCall(next, granted, at);
}

/** Nobody decided in time. The outcome is the definition's; it is never approval. */
export function expireApproval(state: AgentState, approval: Approval): AgentState {
  const next = withApproval(state, closeApproval(approval, 'expired'));
  const call = waitingCall(next, approval);
  if (!call) return next;
  const told = expiryText(approval);
  const failed = failCall(next, call, 'Expired', told);
  if (approval.onDeadline !== 'end') return failed;
  const why = `approval ${approval.id} for ${approval.tool} expired and its rule ends the agent then`;
  const message = withOpenEffects(failed, why);
  return { ...failed, outcome: { status: 'failed', failure: { type: 'ApprovalExpired', message } } };
}

function expiryText({ subject, onDeadline }: Approval): string {
  if (subject === 'unknown_outcome') {
    return 'nobody could say in time whether this was done: it may have been, so do not simply do it again';
  }
  return onDeadline === 'ignore'
    ? 'nobody answered in time; go on without an answer'
    : 'nobody decided in time, which counts as a rejection';
}
