import type { DecisionKind } from '../../../contracts/messages.ts';
import { mayActAs } from '../../../contracts/role.ts';
import type { Me } from '../../../contracts/session.ts';
import type { ApprovalView } from '../../../contracts/status.ts';

type Asked = Pick<ApprovalView, 'subject' | 'approvers' | 'notBy' | 'claim'>;
type Person = Pick<Me, 'name' | 'role'>;

/** Who has it for themselves now, in words; a claim ends by itself. */
export function claimedBy(asked: Pick<Asked, 'claim'>, now: number): string | undefined {
  const claim = claimOf(asked, now);
  return claim?.role === undefined ? claim?.by : `whoever is signed in as ${claim.role}`;
}

function claimOf({ claim }: Pick<Asked, 'claim'>, now: number): Asked['claim'] {
  return claim !== undefined && Date.parse(claim.until) > now ? claim : undefined;
}

/** Whether somebody has it for themselves, and nobody beside them. */
export function isClaimedBy(asked: Asked, { name }: Person, now: number): boolean {
  const claim = claimOf(asked, now);
  return claim !== undefined && claim.role === undefined && isSame(claim.by, name);
}

/** Whether it was handed to the people of a role, and somebody is one of them. */
export function isHandedToRoleOf(
  asked: Pick<Asked, 'claim'>,
  { role }: Pick<Person, 'role'>,
  now: number,
): boolean {
  const claim = claimOf(asked, now);
  return claim?.role !== undefined && mayActAs(role, claim.role);
}

/** Whether a rule names a person among those who decide. */
export function isNamed({ approvers }: Pick<Asked, 'approvers'>, { name }: Pick<Person, 'name'>): boolean {
  return approvers?.people?.some((one) => isSame(one, name)) === true;
}

/** Why a person can't decide, as far as a page can tell; the agent has the last word. Undefined when they can. */
export function whyNot(asked: Asked, person: Person, now: number): string | undefined {
  const { approvers, notBy } = asked;
  const { name, role } = person;
  if (!mayActAs(role, 'approver')) return 'You can look. Deciding needs the role approver.';
  if (asked.subject === 'budget' && !mayActAs(role, 'admin'))
    return 'Extending a budget needs the role admin.';
  if (notBy !== undefined && isSame(notBy, name))
    return 'You asked for this work, so somebody else decides (four eyes).';
  const hasRole = approvers?.role !== undefined && mayActAs(role, approvers.role);
  if (approvers && !isNamed(asked, person) && !hasRole)
    return `This is for ${decidersText(asked)} to decide.`;
  const claimed = claimedBy(asked, now);
  if (claimed === undefined || isClaimedBy(asked, person, now) || isHandedToRoleOf(asked, person, now))
    return undefined;
  return asked.claim?.role === undefined ? `${claimed} has claimed it.` : `It was handed to ${claimed}.`;
}

/** Whether somebody has said yes where several people must. They may still say no, until the last one has agreed. */
export function hasAgreed(
  { decisions }: Pick<ApprovalView, 'decisions'>,
  { name }: Pick<Person, 'name'>,
): boolean {
  return decisions.some(({ decision, by }) => decision === 'approve' && isSame(by, name));
}

/** What a person may decide, as far as a page can tell. */
export function decisionsFor(
  asked: Asked & Pick<ApprovalView, 'allowedDecisions' | 'decisions'>,
  person: Person,
  now: number,
): readonly DecisionKind[] {
  if (whyNot(asked, person, now) !== undefined) return [];
  const isAgreed = hasAgreed(asked, person);
  return asked.allowedDecisions.filter((decision) => !isAgreed || decision !== 'approve');
}

/** What to say to somebody who has agreed; undefined to others. */
export function agreedText(
  asked: Pick<ApprovalView, 'required' | 'decisions'>,
  person: Person,
): string | undefined {
  if (!hasAgreed(asked, person)) return undefined;
  const { required, decisions } = asked;
  return `You have agreed; ${required - decisions.length} more must. Until then you may still say no.`;
}

/** Who may decide, in words. */
export function decidersText({ approvers, notBy }: Pick<Asked, 'approvers' | 'notBy'>): string {
  const { people = [], role } = approvers ?? {};
  const named = [...people, ...(role === undefined ? [] : [`whoever is signed in as ${role}`])];
  const who = named.length === 0 ? 'anybody who may decide' : named.join(', ');
  return notBy === undefined ? who : `${who}, but not ${notBy}`;
}

/** Names are compared as agents compare them: nobody is two people by how they are written. */
function isSame(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
