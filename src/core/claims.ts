import type { Approval } from '../contracts/approval.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { Claim, Reassign } from '../contracts/messages.ts';
import { mayActAs, type Role } from '../contracts/role.ts';
import type { AgentState } from '../contracts/state.ts';
import { findApproval, openApprovalOrProblem, staleProblem, withApproval } from './approvals.ts';
import { CLAIM_MS } from './bounds.ts';
import { isSamePerson, leaveProblem, type Person, signedIn, whoMay } from './people.ts';

/** Who is at an approval, unless that was so long ago that they may have gone home. */
function claimOf({ claim }: Approval, at: number): Approval['claim'] {
  return claim && claim.until > at ? claim : undefined;
}

/** Whether somebody is who has it, or one of those who have it. */
function has({ by: holder, role }: NonNullable<Approval['claim']>, { by, signedInAs }: Person): boolean {
  if (role === undefined) return isSamePerson(holder, by);
  return signedInAs !== undefined && mayActAs(signedInAs, role);
}

/** Why somebody else's claim is in the way of a decision; undefined when none is. */
export function claimProblem(approval: Approval, person: Person, at: number): Rejection | undefined {
  const claimed = claimOf(approval, at);
  if (claimed === undefined || has(claimed, person)) return undefined;
  const until = new Date(claimed.until).toISOString();
  const whose = claimed.role
    ? `handed to whoever is signed in as ${claimed.role}`
    : `claimed by ${claimed.by}`;
  const message = `approval ${approval.id} is ${whose} until ${until}`;
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
    claimProblem(approval, person, at) ??
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
  person: Person,
  at: number,
): Rejection | undefined {
  const { approval: id } = handed;
  const { by, signedInAs } = person;
  const found = openApprovalOrProblem(state, id);
  if ('problem' in found) return found.problem;
  const { approval } = found;
  const shared = sharedProblem(approval);
  if (shared) return shared;
  const claimed = claimOf(approval, at);
  const isHolder = claimed !== undefined && has(claimed, person);
  if (!isHolder && !(signedInAs !== undefined && mayActAs(signedInAs, 'admin')))
    return {
      type: 'Forbidden',
      message: `${by} has not claimed ${id}: only they or an admin who is signed in may hand it on`,
    };
  return assigneeProblem(approval, handed) ?? staleProblem(approval, handed, 'handing on');
}

/** A rule that goes by roles can't be asked about somebody who is not here: it is when they decide. */
function assigneeProblem({ approvers, notBy }: Approval, { to, role }: Reassign): Rejection | undefined {
  if (to === undefined) return roleProblem(approvers, role);
  return leaveProblem(
    {
      ...(notBy === undefined ? {} : { notBy }),
      ...(approvers && approvers.role === undefined ? { approvers } : {}),
    },
    { by: to },
  );
}

/** People of a role can decide what a rule leaves to that role or a weaker one; where it names people, only they can. */
function roleProblem(approvers: Approval['approvers'], role: Role | undefined): Rejection | undefined {
  if (!approvers || role === undefined) return undefined;
  const { people = [], role: needed } = approvers;
  if (needed !== undefined && mayActAs(role, needed)) return undefined;
  return { type: 'Forbidden', message: `the role ${role} may not decide this: ${whoMay(people, needed)}` };
}

/** An operator who is signed in may free what another one has claimed. */
export function releaseProblem(
  state: AgentState,
  released: Claim,
  person: Person,
  at: number,
): Rejection | undefined {
  const { signedInAs } = person;
  const found = openApprovalOrProblem(state, released.approval);
  if ('problem' in found) return found.problem;
  const mayFree = signedInAs !== undefined && mayActAs(signedInAs, 'operator');
  return (
    (mayFree ? undefined : claimProblem(found.approval, person, at)) ??
    staleProblem(found.approval, released, 'release')
  );
}

export function isClaimedBy(
  state: AgentState,
  { approval: id, by }: Pick<Claim, 'approval' | 'by'>,
  at: number,
): boolean {
  const approval = findApproval(state, id);
  const claimed = approval && claimOf(approval, at);
  return claimed?.role === undefined && claimed !== undefined && isSamePerson(claimed.by, by);
}

/** Whether it is with whom it is to be handed to. */
export function isHandedTo(state: AgentState, { approval: id, to, role }: Reassign, at: number): boolean {
  if (to !== undefined) return isClaimedBy(state, { approval: id, by: to }, at);
  const approval = findApproval(state, id);
  return approval !== undefined && role !== undefined && claimOf(approval, at)?.role === role;
}

export function isUnclaimed(state: AgentState, { approval: id }: Claim): boolean {
  const approval = findApproval(state, id);
  return approval?.status === 'open' && approval.claim === undefined;
}

export function claim(
  state: AgentState,
  { approval: id, by }: Claim,
  person: Person,
  at: number,
): AgentState {
  return withClaim(state, id, { by, ...signedIn(person), at, until: at + CLAIM_MS });
}

/** As if they had claimed it themselves: it is theirs for as long, and free again afterwards. */
export function reassign(state: AgentState, handed: Reassign, person: Person, at: number): AgentState {
  const { approval: id, to, role, by: from } = handed;
  const handing = { ...signedIn(person), at, until: at + CLAIM_MS, from };
  if (role !== undefined) return withClaim(state, id, { by: role, role, ...handing });
  return to === undefined ? state : withClaim(state, id, { by: to, ...handing });
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
