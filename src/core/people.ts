import { mayActAs, type Role } from '../contracts/role.ts';
import type { Approval } from '../contracts/approval.ts';
import type { PolicyRule } from '../contracts/definition.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { AgentState } from '../contracts/state.ts';
import { wantsTwo } from './requester.ts';

/** Who acts: a name, and the role that an admin server vouches for; without one, nobody does. */
export interface Person {
  readonly by: string;
  readonly signedInAs?: Role | undefined;
}

/** What is kept of it beside a name: nothing where nobody vouches. */
export function signedIn({
  signedInAs,
}: Pick<Person, 'signedInAs'>): Pick<Approval['decisions'][number], 'signedInAs'> {
  return signedInAs === undefined ? {} : { signedInAs };
}

/** Names differ in how people write them, and nobody may count twice by that. */
export function isSamePerson(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/** How many different people may decide under a rule at the most, those counted whom it asks later. Nobody knows how many have a role. */
export function mostDeciders({
  people,
  role,
  escalate,
}: Pick<NonNullable<PolicyRule['approvers']>, 'people' | 'role'> & {
  readonly escalate: NonNullable<PolicyRule['escalate']>;
}): number {
  if (!people || role !== undefined || escalate.some((step) => step.role !== undefined)) return Infinity;
  const named = [...people, ...escalate.flatMap((step) => step.people ?? [])];
  return named.filter((name, index) => index === named.findIndex((other) => isSamePerson(name, other)))
    .length;
}

/** The person that the work is done for: agents below another one work for whoever asked the first of them. */
export function requesterOf({ start }: AgentState): string | undefined {
  return start.parent ? start.parent.requester : start.requester;
}

/** What a rule says of who may decide, as it holds for this agent. */
export type Leave = Pick<Approval, 'approvers' | 'signedIn' | 'notBy' | 'requesterUnproven'>;

export function leaveOf(state: AgentState, rule: PolicyRule | undefined): Leave {
  const { people, role, fourEyes, signedIn } = rule?.approvers ?? {};
  const isUnproven = wantsTwo(state, rule);
  // Of two people one may have asked: it would be no use to keep out whom a start has only named.
  const requester = fourEyes === true && !isUnproven ? requesterOf(state) : undefined;
  const named = people ?? role;
  return {
    ...(named === undefined
      ? {}
      : { approvers: { ...(people ? { people } : {}), ...(role ? { role } : {}) } }),
    ...(signedIn === true ? { signedIn } : {}),
    ...(requester === undefined ? {} : { notBy: requester }),
    ...(isUnproven ? { requesterUnproven: true as const } : {}),
  };
}

/** Why a person may not decide; undefined when they may. */
export function leaveProblem({ approvers, signedIn, notBy }: Leave, person: Person): Rejection | undefined {
  const { by, signedInAs } = person;
  if (notBy !== undefined && isSamePerson(by, notBy))
    return forbidden(`${by} asked for this work, so somebody else decides (four eyes)`);
  if (signedIn === true && signedInAs === undefined)
    return forbidden(`${by} is not signed in: this is decided through the admin server only`);
  const { people = [], role: needed } = approvers ?? {};
  if (people.length === 0 && needed === undefined) return undefined;
  if (people.some((name) => isSamePerson(name, by))) return undefined;
  if (needed !== undefined && signedInAs !== undefined && mayActAs(signedInAs, needed)) return undefined;
  return forbidden(`${by} may not decide this: ${whoMay(people, needed)}`);
}

export function whoMay(people: readonly string[], role: Role | undefined): string {
  const signedIn = role === undefined ? [] : [`whoever is signed in with the role ${role}`];
  return `that may ${[...people, ...signedIn].join(', ')}`;
}

function forbidden(message: string): Rejection {
  return { type: 'Forbidden', message };
}
