import type { Approval } from '../contracts/approval.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { Claim } from '../contracts/messages.ts';
import { mayActAs } from '../contracts/role.ts';
import type { AgentState } from '../contracts/state.ts';
import { findApproval, openApprovalOrProblem, withApproval } from './approvals.ts';
import { CLAIM_MS } from './bounds.ts';
import { isSamePerson, leaveProblem, type Person } from './people.ts';

/** Who is at an approval, unless that was so long ago that they may have gone home. */
function claimedBy({ claim }: Approval, at: number): string | undefined {
  return claim && claim.until > at ? claim.by : undefined;
}

/** Why somebody else's claim is in the way of a decision; undefined when none is. */
export function claimProblem(approval: Approval, by: string, at: number): Rejection | undefined {
  const claimed = claimedBy(approval, at);
  if (claimed === undefined || isSamePerson(claimed, by)) return undefined;
  const until = new Date(approval.claim?.until ?? at).toISOString();
  const message = `approval ${approval.id} is claimed by ${claimed} until ${until}`;
  return { type: 'Conflict', message };
}

/** Why an approval can't be claimed; undefined when it can. */
export function claimingProblem(
  state: AgentState,
  { approval: id }: Claim,
  person: Person,
  at: number,
): Rejection | undefined {
  const found = openApprovalOrProblem(state, id);
  if ('problem' in found) return found.problem;
  const { approval } = found;
  if (approval.subject === 'budget')
    return {
      type: 'Invalid',
      message: `approval: ${id} is about the budget, which nobody has for themselves`,
    };
  if (approval.required > 1)
    return {
      type: 'Invalid',
      message: `approval: ${approval.required} people decide ${id}, so nobody has it for themselves`,
    };
  return leaveProblem(approval, person) ?? claimProblem(approval, person.by, at);
}

/** An operator who is signed in may free what another one has claimed. */
export function releaseProblem(
  state: AgentState,
  { approval: id }: Claim,
  { by, signedInAs }: Person,
  at: number,
): Rejection | undefined {
  const found = openApprovalOrProblem(state, id);
  if ('problem' in found) return found.problem;
  if (signedInAs !== undefined && mayActAs(signedInAs, 'operator')) return undefined;
  return claimProblem(found.approval, by, at);
}

export function isClaimedBy(state: AgentState, { approval: id, by }: Claim, at: number): boolean {
  const approval = findApproval(state, id);
  const claimed = approval && claimedBy(approval, at);
  return claimed !== undefined && isSamePerson(claimed, by);
}

export function isUnclaimed(state: AgentState, { approval: id }: Claim): boolean {
  const approval = findApproval(state, id);
  return approval?.status === 'open' && approval.claim === undefined;
}

export function claim(state: AgentState, { approval: id, by }: Claim, at: number): AgentState {
  return withClaim(state, id, { by, at, until: at + CLAIM_MS });
}

export function release(state: AgentState, { approval: id }: Claim): AgentState {
  return withClaim(state, id, undefined);
}

function withClaim(state: AgentState, id: string, claimed: Approval['claim']): AgentState {
  const approval = findApproval(state, id);
  if (!approval) return state;
  const { claim: _before, ...rest } = approval;
  return withApproval(state, {
    ...rest,
    ...(claimed ? { claim: claimed } : {}),
    revision: approval.revision + 1,
  });
}
