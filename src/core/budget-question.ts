import type { Approval } from '../contracts/approval.ts';
import { BudgetExtension, describeIssues } from '../contracts/messages.ts';
import type { Rejection } from '../contracts/failures.ts';
import { JsonObject } from '../contracts/json.ts';
import { mayActAs } from '../contracts/role.ts';
import type { AgentState } from '../contracts/state.ts';
import { exhausted } from './budget.ts';
import { hashJson } from './hash.ts';
import type { Person } from './people.ts';

/** By how much a limit is raised where nobody says: half of what there was, which is what the work so far suggests. */
const SHARE = 0.5;
const LEAST_TURNS = 10;
const MORE_TIME = '7d';

/**
 * An exhausted budget as a question to people, so that it is found where all other questions are. It follows from the wait, and so is
 * not kept; whoever decides is bound to the amounts by its id.
 */
export function budgetQuestion(state: AgentState): Approval | undefined {
  const { suspension, turn, firstRunId } = state;
  if (suspension?.kind !== 'budget') return undefined;
  const { until, reason } = suspension;
  const since = suspension.askedAt ?? suspension.since;
  const args = JsonObject.parse(proposal(state, since));
  const hash = hashJson({ firstRunId, turn, since, args });
  return {
    ...{ id: `b${turn}-${hash.slice(0, 6)}`, revision: 1, subject: 'budget', turn, index: 0 },
    ...{ tool: 'extendBudget', args, facts: {}, hash, summary: `Extend the budget? ${reason}` },
    ...{ requestedAt: since, expiresAt: until, onDeadline: 'end', required: 1 },
    ...{ allowedDecisions: ['approve', 'edit', 'reject'], decisions: [], status: 'open' },
  };
}

function proposal(state: AgentState, since: number): BudgetExtension {
  const { turns, tokens = 0, usd = 0 } = state.limits;
  const out = exhausted(state, since);
  // What was short then has been given, and the agent still waits: meanwhile its time ran out.
  if (!Object.values(out).includes(true)) return { deadline: MORE_TIME };
  return {
    ...(out.turns ? { turns: Math.max(LEAST_TURNS, Math.ceil(turns * SHARE)) } : {}),
    ...(out.tokens ? { tokens: Math.ceil(tokens * SHARE) } : {}),
    ...(out.usd ? { usd: usd * SHARE } : {}),
    ...(out.deadline ? { deadline: MORE_TIME } : {}),
  };
}

/** Why somebody who is signed in may not decide about the budget; undefined when they may, or it is about something else. */
export function budgetLeaveProblem(
  { subject }: Pick<Approval, 'subject'>,
  { signedInAs, by }: Person,
): Rejection | undefined {
  if (subject !== 'budget' || signedInAs === undefined || mayActAs(signedInAs, 'admin')) return undefined;
  return { type: 'Forbidden', message: `${by} may not extend a budget: that needs the role admin` };
}

/** What is wrong with amounts that somebody edited. */
export function extensionProblem(args: JsonObject): Rejection | undefined {
  const parsed = BudgetExtension.safeParse(args);
  if (!parsed.success) return { type: 'Invalid', message: `args: ${describeIssues(parsed.error)}` };
  if (Object.keys(parsed.data).length > 0) return undefined;
  return { type: 'Invalid', message: 'args: name at least one of turns, tokens, usd, deadline' };
}
