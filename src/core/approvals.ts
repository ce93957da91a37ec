import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Approval } from '../contracts/approval.ts';
import type { Deadline } from '../contracts/definition.ts';
import { durationMs } from '../contracts/duration.ts';
import type { Decide, DecisionKind } from '../contracts/messages.ts';
import type { Rejection } from '../contracts/failures.ts';
import { type JsonObject, jsonBytes } from '../contracts/json.ts';
import { APPROVAL_DEADLINE_MS, MAX_DECIDED_APPROVALS, MAX_TURN_ARGUMENT_BYTES } from './bounds.ts';
import { argumentProblem } from './arguments.ts';
import { holdCall } from './calls.ts';
import { canonicalJson, hashJson } from './hash.ts';

/** What is asked is shown in lists and in the Web UI. */
const MAX_SUMMARY_CHARS = 500;
/** Leaves room for the key behind it. */
const MAX_QUOTED_REASON_CHARS = 150;

const allowed: Record<Approval['subject'], DecisionKind[]> = {
  tool: ['approve', 'edit', 'reject', 'respond', 'ignore'],
  // A suggestion is done by a person, so there is nothing to approve: they report what they did, or decline.
  suggestion: ['respond', 'reject', 'ignore'],
  question: ['respond', 'ignore'],
  // Approve: it was not done, run it. Respond: it was done, with this result. Reject: give up.
  unknown_outcome: ['approve', 'respond', 'reject'],
};

interface Question {
  readonly subject: Approval['subject'];
  readonly rule: string;
  readonly deadline: Deadline | undefined;
  readonly at: number;
  readonly question?: string;
  readonly choices?: string[] | undefined;
}

/** Asks people about a call, which waits for them. The hash binds the answer to these arguments and facts. */
export function openApproval(state: AgentState, call: ToolCall, asked: Question): AgentState {
  const { subject, rule, deadline, at } = asked;
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
    summary: (asked.question ?? summaryOf(subject, call, rule)).slice(0, MAX_SUMMARY_CHARS),
    rule,
    ...(asked.choices ? { choices: asked.choices } : {}),
    requestedAt: at,
    expiresAt: at + (deadline ? durationMs(deadline.after) : APPROVAL_DEADLINE_MS),
    onDeadline: deadline?.outcome ?? (subject === 'question' ? 'ignore' : 'reject'),
    required: 1,
    allowedDecisions: allowed[subject],
    decisions: [],
    status: 'open',
  };
  const held = holdCall(state, call, { kind: 'approval', approval: id }, at);
  return { ...held, approvals: trim([...held.approvals, approval]) };
}

function summaryOf(subject: Approval['subject'], call: ToolCall, rule: string): string {
  const action = `${call.name} ${canonicalJson(call.args)}`;
  switch (subject) {
    case 'suggestion':
      return `Proposed for a person to do: ${action}`;
    case 'unknown_outcome':
      return unknownOutcome(call, rule);
    case 'tool':
    case 'question':
      return `Allow ${action}?`;
  }
}

/** Who decides must look for the effect first, so what to look for stands before the arguments, which may be long. */
function unknownOutcome({ name, args, effect, key }: ToolCall, reason: string): string {
  const safe = effect === 'idempotent' ? ' (safe in any case: the tool says that a repeat does nothing)' : '';
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
  return { ...approval, revision: approval.revision + 1, status, decisions, args: {}, facts: {} };
}

function trim(approvals: Approval[]): Approval[] {
  const surplus = approvals.filter(({ status }) => status !== 'open').length - MAX_DECIDED_APPROVALS;
  if (surplus <= 0) return approvals;
  const oldest = approvals.filter(({ status }) => status !== 'open').slice(0, surplus);
  return approvals.filter((approval) => !oldest.includes(approval));
}

export function findApproval(state: AgentState, id: string): Approval | undefined {
  return state.approvals.find((approval) => approval.id === id);
}

export function withApproval(state: AgentState, approval: Approval): AgentState {
  return {
    ...state,
    approvals: state.approvals.map((other) => (other.id === approval.id ? approval : other)),
  };
}

export function openApprovals(state: AgentState): Approval[] {
  return state.approvals.filter(({ status }) => status === 'open');
}

/** Whether this very decision has been taken before: it is answered as the first one was. */
export function isRepeatedDecision(approval: Approval, decide: Decide): boolean {
  const { decision, by, args, message } = decide;
  return approval.decisions.some(
    (made) => canonicalJson({ ...made, at: 0 }) === canonicalJson({ at: 0, decision, by, args, message }),
  );
}

/** Why a decision does not count; undefined when it does. A decision counts only for an approval that is open now. */
export function decisionProblem(state: AgentState, decide: Decide): Rejection | undefined {
  const approval = findApproval(state, decide.approval);
  if (!approval) {
    const open = openApprovals(state).map(({ id }) => id);
    const hint = open.length > 0 ? `open are: ${open.join(', ')}` : 'none is open';
    return { type: 'NotFound', message: `there is no approval ${decide.approval}; ${hint}` };
  }
  if (approval.status !== 'open') return closedProblem(approval);
  if (decide.revision !== undefined && decide.revision !== approval.revision) {
    return {
      type: 'Conflict',
      message: `approval ${approval.id} is at revision ${approval.revision}, the decision was based on ${decide.revision}`,
    };
  }
  if (!approval.allowedDecisions.includes(decide.decision)) {
    const choices = approval.allowedDecisions.join(', ');
    return {
      type: 'Invalid',
      message: `decision: ${decide.decision} does not fit approval ${approval.id}; possible are ${choices}`,
    };
  }
  if (decide.args && decide.decision !== 'edit') {
    // Whoever sends arguments means them to count; approving the original ones instead would be a surprise.
    return { type: 'Invalid', message: `args: only an edit takes arguments, not ${decide.decision}` };
  }
  const problem = decide.args ? editProblem(state, approval, decide.args) : undefined;
  return problem === undefined ? undefined : { type: 'Invalid', message: `args: ${problem}` };
}

/** Edited arguments must fit the tool, and the turn: they are carried with the state while the call waits. */
function editProblem(state: AgentState, approval: Approval, args: JsonObject): string | undefined {
  const others = state.calls.filter(({ index }) => index !== approval.index || state.turn !== approval.turn);
  const bytes = others.reduce((size, call) => size + jsonBytes(call.args), jsonBytes(args));
  if (bytes > MAX_TURN_ARGUMENT_BYTES)
    return `with those of the turn's other calls they take ${bytes} bytes, more than ${MAX_TURN_ARGUMENT_BYTES}`;
  return argumentProblem(approval.tool, args, state.manifests);
}

function closedProblem(approval: Approval): Rejection {
  const last = approval.decisions.at(-1);
  const how = last
    ? `was decided by ${last.by} at ${new Date(last.at).toISOString()} (${last.decision})`
    : `is ${approval.status}`;
  return { type: 'Conflict', message: `approval ${approval.id} ${how}` };
}
