import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Approval, Decision } from '../contracts/approval.ts';
import type { AnswerForm } from '../contracts/form.ts';
import type { PolicyRule } from '../contracts/definition.ts';
import { durationMs } from '../contracts/duration.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { DecisionKind } from '../contracts/messages.ts';
import { APPROVAL_DEADLINE_MS, MAX_DECIDED_APPROVALS, MIN_REMINDER_MS, REJECTED_TURNS } from './bounds.ts';
import { budgetQuestion } from './budget-question.ts';
import { isBuiltIn } from './built-in-tools.ts';
import { holdCall } from './calls.ts';
import { canonicalJson, hashJson } from './hash.ts';
import { leaveOf } from './people.ts';
import { requiredBy } from './requester.ts';
import { needsFacts } from './verdict.ts';

/** What is asked is shown in lists and in the Web UI. */
const MAX_SUMMARY_CHARS = 500;
/** Leaves room for the key behind it. */
const MAX_QUOTED_REASON_CHARS = 150;

/** What is asked about a call. */
type CallSubject = Exclude<Approval['subject'], 'budget'>;

const allowed: Record<CallSubject, DecisionKind[]> = {
  tool: ['approve', 'edit', 'reject', 'respond', 'ignore'],
  // Respond: a person has done it, and reports. Approve: they let the agent do it after all.
  suggestion: ['respond', 'approve', 'reject', 'ignore'],
  question: ['respond', 'ignore'],
  // Approve: it was not done, run it. Respond: it was done, with this result. Reject: give up.
  unknown_outcome: ['approve', 'respond', 'reject'],
};

interface Question {
  readonly subject: CallSubject;
  /** The condition that held, or why people are asked. */
  readonly reason: string;
  /** Says who is asked and for how long. */
  readonly rule?: PolicyRule | undefined;
  readonly at: number;
  readonly question?: string;
  readonly choices?: string[] | undefined;
  readonly form?: AnswerForm | undefined;
  /** Decisions that count already: who edited a call has said yes to it. */
  readonly decisions?: Decision[];
}

/** Asks people about a call, which waits for them. The hash binds the answer to these arguments and facts. */
export function openApproval(state: AgentState, call: ToolCall, asked: Question): AgentState {
  const { subject, reason, rule, at } = asked;
  const hash = hashJson({ key: call.key, tool: call.name, args: call.args, facts: call.facts });
  const id = `t${state.turn}-${call.index + 1}-${hashJson({ hash, subject, round: call.round }).slice(0, 6)}`;
  const approval: Approval = {
    id,
    revision: 1,
    subject,
    turn: state.turn,
    index: call.index,
    tool: call.name,
    args: call.args,
    facts: call.facts,
    hash,
    summary: (asked.question ?? summaryOf(state, subject, call, reason)).slice(0, MAX_SUMMARY_CHARS),
    rule: reason,
    ...(asked.choices ? { choices: asked.choices } : {}),
    ...(asked.form ? { form: asked.form } : {}),
    requestedAt: at,
    ...timesOf(rule, subject, at),
    required: subject === 'question' ? 1 : requiredBy(state, rule),
    ...leaveOf(state, rule),
    ...(isBuiltIn(call.name) ? {} : { proposal: proposalOf(call) }),
    allowedDecisions: allowed[subject],
    decisions: asked.decisions ?? [],
    status: 'open',
  };
  const held = holdCall(state, call, { kind: 'approval', approval: id }, at);
  return { ...held, approvals: trim([...held.approvals, approval]) };
}

/** When something happens although nobody decides. */
function timesOf(
  rule: PolicyRule | undefined,
  subject: CallSubject,
  at: number,
): Pick<Approval, 'expiresAt' | 'onDeadline' | 'asksOnMs' | 'stopsClock' | 'reminder' | 'escalations'> {
  const { deadline, remind, escalate = [] } = rule ?? {};
  const lastsMs = deadline ? durationMs(deadline.after) : APPROVAL_DEADLINE_MS;
  const everyMs = remind === undefined ? undefined : Math.max(durationMs(remind), MIN_REMINDER_MS);
  const escalations = escalate
    .map(({ after, ...deciders }) => ({ ...deciders, at: at + durationMs(after) }))
    .toSorted((one, other) => one.at - other.at);
  return {
    expiresAt: at + lastsMs,
    onDeadline: deadline?.outcome ?? (subject === 'question' ? 'ignore' : 'reject'),
    ...(deadline?.outcome === 'ask' ? { asksOnMs: Math.max(lastsMs, MIN_REMINDER_MS) } : {}),
    ...(deadline?.whilePaused === 'stops' ? { stopsClock: true as const } : {}),
    ...(everyMs === undefined ? {} : { reminder: { at: at + everyMs, everyMs } }),
    ...(escalations.length === 0 ? {} : { escalations }),
  };
}

/** Equal for the same action on the same facts, whichever turn proposes it. */
function proposalOf({ name, args, facts }: Pick<ToolCall, 'name' | 'args' | 'facts'>): string {
  return hashJson({ tool: name, args, facts }).slice(0, 20);
}

/**
 * The rejection of this very action some turns ago, if people have said nothing since: they need not be asked again. A model that
 * is told no often just proposes the same once more.
 */
export function rejectionOf(state: AgentState, call: ToolCall): Decision | undefined {
  return rejectionAmong(state, call, state.approvals);
}

/** That of a call of which nobody knows whether it had its effect: whoever gave it up does not want it to happen twice. */
export function givenUp(state: AgentState, call: ToolCall): Decision | undefined {
  const unknown = state.approvals.filter(({ subject }) => subject === 'unknown_outcome');
  return rejectionAmong(state, call, unknown);
}

function rejectionAmong(
  state: AgentState,
  call: ToolCall,
  approvals: AgentState['approvals'],
): Decision | undefined {
  const proposal = proposalOf(call);
  const { heardAt = 0 } = state;
  return approvals
    .filter(
      ({ proposal: other, status, turn }) =>
        other === proposal && status === 'decided' && state.turn - turn <= REJECTED_TURNS,
    )
    .flatMap(({ decisions }) => decisions.slice(-1))
    .find(({ decision, at }) => decision === 'reject' && at >= heardAt);
}

function summaryOf(state: AgentState, subject: CallSubject, call: ToolCall, rule: string): string {
  const action = `${call.name} ${canonicalJson(call.args)}`;
  switch (subject) {
    case 'suggestion':
      return `Proposed for a person to do: ${action}`;
    case 'unknown_outcome':
      return unknownOutcome(state, call, rule);
    case 'tool':
    case 'question':
      return `Allow ${action}?`;
  }
}

/** Who decides must look for the effect first, so what to look for stands before the arguments, which may be long. */
function unknownOutcome(state: AgentState, { name, args, effect, key }: ToolCall, reason: string): string {
  // Where facts are looked at and are others by now, policy would judge of something as still to be done that is done.
  const isSafe = effect === 'idempotent' && !needsFacts(state, name);
  const safe = isSafe ? ' (safe in any case: the tool says that a repeat does nothing)' : '';
  return (
    `Nobody knows whether ${name} was done: ${reason.slice(0, MAX_QUOTED_REASON_CHARS)}. ` +
    `Look for its key ${key} where it takes effect. ` +
    `approve: it was not done, run it${safe}; respond: it was done, with this result; reject: give it up. ` +
    `Arguments: ${canonicalJson(args)}`
  );
}

/** A closed approval is kept to recognise a repeat, and is carried along; what it was about is in the history. */
export function closeApproval(
  approval: Approval,
  status: 'decided' | 'expired',
  decisions = approval.decisions,
): Approval {
  const { claim: _left, reminder: _told, escalations: _widened, ...rest } = approval;
  return { ...rest, revision: approval.revision + 1, status, decisions, args: {}, facts: {} };
}

function trim(approvals: Approval[]): Approval[] {
  const surplus = approvals.filter(({ status }) => status !== 'open').length - MAX_DECIDED_APPROVALS;
  if (surplus <= 0) return approvals;
  const oldest = approvals.filter(({ status }) => status !== 'open').slice(0, surplus);
  return approvals.filter((approval) => !oldest.includes(approval));
}

/** The time for which the agent is paused does not count for some. */
export function isStopped({ paused }: AgentState, { stopsClock }: Approval): boolean {
  return paused !== undefined && stopsClock === true;
}

export function findApproval(state: AgentState, id: string): Approval | undefined {
  const kept = state.approvals.find((approval) => approval.id === id);
  if (kept) return kept;
  const question = budgetQuestion(state);
  return question?.id === id ? question : undefined;
}

export function withApproval(state: AgentState, approval: Approval): AgentState {
  return {
    ...state,
    approvals: state.approvals.map((other) => (other.id === approval.id ? approval : other)),
  };
}

/** Those that are kept with the calls that they are about. */
export function openApprovals(state: AgentState): Approval[] {
  return state.approvals.filter(({ status }) => status === 'open');
}

/** Everything that people are asked now. */
export function openQuestions(state: AgentState): Approval[] {
  const question = budgetQuestion(state);
  return question ? [...openApprovals(state), question] : openApprovals(state);
}

/** The approval that a message is about, or why it can't be: a decision counts only for one that is open now. */
export function openApprovalOrProblem(
  state: AgentState,
  id: string,
): { readonly approval: Approval } | { readonly problem: Rejection } {
  const approval = findApproval(state, id);
  if (approval) return approval.status === 'open' ? { approval } : { problem: closedProblem(approval) };
  const open = openQuestions(state).map((other) => other.id);
  const hint = open.length > 0 ? `open are: ${open.join(', ')}` : 'none is open';
  return { problem: { type: 'NotFound', message: `there is no approval ${id}; ${hint}` } };
}

/** Why something based on an older revision of an approval does not count; undefined when it was not. */
export function staleProblem(
  { id, revision }: Approval,
  { revision: seen }: { readonly revision?: number | undefined },
  what: string,
): Rejection | undefined {
  if (seen === undefined || seen === revision) return undefined;
  const message = `approval ${id} is at revision ${revision}, the ${what} was based on ${seen}`;
  return { type: 'Conflict', message };
}

function closedProblem(approval: Approval): Rejection {
  const last = approval.decisions.at(-1);
  const how =
    last && approval.status === 'decided'
      ? `was decided by ${last.by} at ${new Date(last.at).toISOString()} (${last.decision})`
      : `is ${approval.status}`;
  return { type: 'Conflict', message: `approval ${approval.id} ${how}` };
}
