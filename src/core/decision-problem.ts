import * as z from 'zod';
import { JsonObject, jsonBytes } from '../contracts/json.ts';
import type { Approval } from '../contracts/approval.ts';
import type { Rejection } from '../contracts/failures.ts';
import { type Decide, describeIssues } from '../contracts/messages.ts';
import type { AnswerForm } from '../contracts/form.ts';
import type { AgentState } from '../contracts/state.ts';
import { isKeptOf } from './agreed-words.ts';
import { openApprovalOrProblem, staleProblem } from './approvals.ts';
import { argumentProblem } from './arguments.ts';
import { MAX_TURN_ARGUMENT_BYTES } from './bounds.ts';
import { budgetLeaveProblem, extensionProblem } from './budget-question.ts';
import { claimProblem } from './claims.ts';
import { canonicalJson } from './hash.ts';
import { isSamePerson, leaveProblem, type Person } from './people.ts';

/** Whether this very decision has been taken before: it is answered as the first one was. */
export function isRepeatedDecision(approval: Approval, decide: Decide): boolean {
  const asked = saidIn(decide);
  return approval.decisions.some((made) => saidIn(made) === asked && isKeptOf(made.message, decide.message));
}

function saidIn({ decision, by, args }: Pick<Decide, 'decision' | 'by' | 'args'>): string {
  return canonicalJson({ decision, by, args });
}

/** Who has said yes so far. */
export function agreed({ decisions }: Pick<Approval, 'decisions'>): string[] {
  return decisions.filter(({ decision }) => decision === 'approve').map(({ by }) => by);
}

/** Why a decision does not count; undefined when it does. */
export function decisionProblem(
  state: AgentState,
  decide: Decide,
  person: Person,
  at: number,
): Rejection | undefined {
  const found = openApprovalOrProblem(state, decide.approval);
  if ('problem' in found) return found.problem;
  const { approval } = found;
  return (
    leaveProblem(approval, person) ??
    budgetLeaveProblem(approval, person) ??
    claimProblem(approval, person, at) ??
    lockProblem(approval, decide) ??
    kindProblem(approval, decide) ??
    argumentsProblem(state, approval, decide)
  );
}

/** Whoever decides must have seen the approval as it is now; and nobody counts twice. */
function lockProblem(approval: Approval, decide: Decide): Rejection | undefined {
  const { id, required } = approval;
  const { decision, by } = decide;
  if (decision === 'approve' && agreed(approval).some((other) => isSamePerson(other, by)))
    return conflict(`${by} has approved ${id} already; it needs ${required} people`);
  return staleProblem(approval, decide, 'decision');
}

function kindProblem({ id, allowedDecisions }: Approval, { decision }: Decide): Rejection | undefined {
  if (allowedDecisions.includes(decision)) return undefined;
  const choices = allowedDecisions.join(', ');
  return invalid(`decision: ${decision} does not fit approval ${id}; possible are ${choices}`);
}

function argumentsProblem(
  state: AgentState,
  approval: Approval,
  { decision, args }: Decide,
): Rejection | undefined {
  if (decision === 'respond' && approval.form) return answerProblem(approval.form, args);
  if (!args) return undefined;
  // Whoever sends arguments means them to count; approving the original ones instead would be a surprise.
  if (decision !== 'edit') return invalid(`args: only an edit takes arguments, not ${decision}`);
  if (approval.subject === 'budget') return extensionProblem(args);
  const problem = editProblem(state, approval, args);
  return problem === undefined ? undefined : invalid(`args: ${problem}`);
}

function answerProblem(form: AnswerForm, args: JsonObject | undefined): Rejection | undefined {
  if (!args) return invalid(`args: give the fields ${Object.keys(form.properties).join(', ')}`);
  const bytes = jsonBytes(args);
  if (bytes > MAX_TURN_ARGUMENT_BYTES)
    return invalid(`args: ${bytes} bytes, more than ${MAX_TURN_ARGUMENT_BYTES}`);
  const schema = z.fromJSONSchema({ ...JsonObject.parse(form), additionalProperties: false });
  // Every other object has things such as `constructor` that nobody gave it, which an optional field of that name would be.
  const given = Object.assign(Object.create(null) as JsonObject, args);
  const parsed = schema.safeParse(given);
  return parsed.success ? undefined : invalid(`args: ${describeIssues(parsed.error)}`);
}

/** Edited arguments must fit the tool, and the turn: they are carried with the state while the call waits. */
function editProblem(state: AgentState, approval: Approval, args: JsonObject): string | undefined {
  const others = state.calls.filter(({ index }) => index !== approval.index || state.turn !== approval.turn);
  const bytes = others.reduce((size, call) => size + jsonBytes(call.args), jsonBytes(args));
  if (bytes > MAX_TURN_ARGUMENT_BYTES)
    return `with those of the turn's other calls they take ${bytes} bytes, more than ${MAX_TURN_ARGUMENT_BYTES}`;
  return argumentProblem(approval.tool, args, state.manifests);
}

function conflict(message: string): Rejection {
  return { type: 'Conflict', message };
}

function invalid(message: string): Rejection {
  return { type: 'Invalid', message };
}
