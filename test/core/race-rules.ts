import type { PolicyRule } from '../../src/contracts/definition.ts';
import type { Role } from '../../src/contracts/role.ts';

/** What the definition of a race says of one of its tools. */
export interface RaceRules {
  /** So many must agree; not who asked for the work; only some; only who is signed in, or has a role there. */
  readonly quorum: number;
  readonly fourEyes: boolean;
  readonly named: boolean;
  readonly signing: 'nobody' | 'some' | 'needed' | 'role';
  readonly outcome: 'reject' | 'end' | 'ask';
  readonly reminds: boolean;
  readonly escalates: boolean;
  /** While the agent is paused its clock stands still. */
  readonly stops: boolean;
  /** Whether an admin server vouches for who asked for the work. */
  readonly isProven: boolean;
}

/** Who acts: the role is that of a seal that holds, and nobody's word. */
export interface Sender {
  readonly by: string;
  readonly role?: Role | undefined;
}

export const people = ['ann', 'bob', 'cleo', 'dora'] as const;
export const requester = 'ann';
const named: readonly string[] = people.slice(0, 3);
/** May decide as well when nobody has for a day. */
const latecomer = 'dora';
/** What each is signed in as, when they are. */
export const roleOf: Readonly<Record<string, Role>> = {
  ann: 'operator',
  bob: 'admin',
  cleo: 'approver',
  dora: 'viewer',
};
const strength: readonly Role[] = ['viewer', 'approver', 'operator', 'admin'];

export const HOUR_MS = 3_600_000;
export const LASTS_MS = 48 * HOUR_MS;
export const ESCALATES_MS = 24 * HOUR_MS;
export const REMINDS_MS = 10 * HOUR_MS;

/** As a definition would have it. */
export function ruleOf(rules: RaceRules): PolicyRule {
  const { quorum, fourEyes, signing, outcome, reminds, escalates, stops } = rules;
  return {
    mode: 'approve',
    approvers: {
      ...{ quorum, fourEyes },
      ...(rules.named ? { people: [...named] } : {}),
      ...(signing === 'needed' ? { signedIn: true } : {}),
      ...(signing === 'role' ? { role: 'operator' } : {}),
    },
    deadline: { after: '2d', outcome, ...(stops ? { whilePaused: 'stops' } : {}) },
    ...(reminds ? { remind: '10h' } : {}),
    ...(escalates ? { escalate: [{ after: '1d', people: [latecomer] }] } : {}),
  };
}

/** Names are the same person's however they are written. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function isAtLeast(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && strength.indexOf(role) >= strength.indexOf(needed);
}

/** Nobody knows who asked, and who decides is known: any two of them have four eyes. */
function isTwoOfAny({ fourEyes, isProven, signing, named: isNamed }: RaceRules): boolean {
  return fourEyes && !isProven && (signing === 'needed' || (signing === 'role' && !isNamed));
}

/** How many must agree. */
export function requiredOf(rules: RaceRules | undefined): number {
  return rules === undefined ? 1 : Math.max(rules.quorum, isTwoOfAny(rules) ? 2 : 1);
}

/** Whether a rule lets somebody decide; without a rule anybody may. */
export function mayDecide(rules: RaceRules | undefined, isEscalated: boolean, { by, role }: Sender): boolean {
  if (rules === undefined) return true;
  if (rules.fourEyes && !isTwoOfAny(rules) && isSame(by, requester)) return false;
  if (rules.signing === 'needed' && role === undefined) return false;
  if (!rules.named && rules.signing !== 'role') return true;
  if (rules.signing === 'role' && isAtLeast(role, 'operator')) return true;
  const allowed = [...(rules.named ? named : []), ...(isEscalated ? [latecomer] : [])];
  return allowed.some((name) => isSame(name, by));
}
