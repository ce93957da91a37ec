import type { Approval } from '../contracts/approval.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { Claim, Reassign } from '../contracts/messages.ts';
import { mayActAs } from '../contracts/role.ts';
import type { AgentState } from '../contracts/state.ts';
import { findApproval, openApprovalOrProblem, staleProblem, withApproval } from './approvals.ts';
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
  wanted: Claim,
  person: Person,
  at: number,
): Rejection | undefined {
  const found = openApprovalOrProblem(state, wanted.approval);
  if ('problem' in found) return found.problem;
  const { approval } = found;
  return (
    sharedProblem(approval) ??
    leaveProblem(approval, person) ??
    claimProblem(approval, person.by, at) ??
    staleProblem(approval, wanted, 'claim')
  );
}

/** Why nobody can have an approval for themselves; undefined when one person can. */
function sharedProblem({ id, subject, required }: Approval): Rejection | undefined {
  if (subject === 'budget')
    return {
      type: 'Invalid',
      message: `approval: ${id} is about the budget, which nobody has for themselves`,
    };
  if (required > 1)
    return {
      type: 'Invalid',
      message: `approval: ${required} people decide ${id}, so nobody has it for themselves`,
    };
  return undefined;
}

/** Why an approval can't be handed to somebody: by whoever does not have it and is no admin, or to whom the rule keeps out. */
export function reassignProblem(
  state: AgentState,
  handed: Reassign,
  { by, signedInAs }: Person,
  at: number,
): Rejection | undefined {
  const { approval: id, to } = handed;
  const found = openApprovalOrProblem(state, id);
  if ('problem' in found) return found.problem;
  const { approval } = found;
  const shared = sharedProblem(approval);
  if (shared) return shared;
  const holder = claimedBy(approval, at);
  const isHolder = holder !== undefined && isSamePerson(holder, by);
  if (!isHolder && !(signedInAs !== undefined && mayActAs(signedInAs, 'admin')))
    return {
      type: 'Forbidden',
      message: `${by} has not claimed ${id}: only they or an admin who is signed in may hand it on`,
    };
  return assigneeProblem(approval, to) ?? staleProblem(approval, handed, 'handing on');
}

/** A rule that goes by roles can't be asked about somebody who is not here: it is when they decide. */
function assigneeProblem({ approvers, notBy }: Approval, to: string): Rejection | undefined {
  return leaveProblem(
    {
      ...(notBy === undefined ? {} : { notBy }),
      ...(approvers && approvers.role === undefined ? { approvers } : {}),
    },
    { by: to },
  );
}

/** An operator who is signed in may free what another one has claimed. */
export function releaseProblem(
  state: AgentState,
  released: Claim,
  { by, signedInAs }: Person,
  at: number,
): Rejection | undefined {
  const found = openApprovalOrProblem(state, released.approval);
  if ('problem' in found) return found.problem;
  const mayFree = signedInAs !== undefined && mayActAs(signedInAs, 'operator');
  return (
    (mayFree ? undefined : claimProblem(found.approval, by, at)) ??
    staleProblem(found.approval, released, 'release')
  );
}

export function isClaimedBy(
  state: AgentState,
  { approval: id, by }: Pick<Claim, 'approval' | 'by'>,
  at: number,
): boolean {
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

/** As if they had claimed it themselves: it is theirs for as long, and free again afterwards. */
export function reassign(state: AgentState, { approval: id, to, by }: Reassign, at: number): AgentState {
  return withClaim(state, id, { by: to, at, until: at + CLAIM_MS, from: by });
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
