import type { Decision } from '../../../contracts/approval.ts';
import type { ApprovalView, StandingGrantView } from '../../../contracts/status.ts';
import { clean, oneLine } from './text.ts';
import { since, until } from './time.ts';

/** A name, and whether anybody vouches for it. */
export function person({ by, signedInAs }: Pick<Decision, 'by' | 'signedInAs'>): string {
  return signedInAs === undefined ? unverified(oneLine(by, 60)) : `${oneLine(by, 60)} (${signedInAs})`;
}

/** Whoever it was, they only said who they are. */
export function unverified(name: string): string {
  return `${name} (unverified)`;
}

/** Who may decide, how many must, and what they have done so far; nothing where anybody may and nobody has. */
export function peopleRows(approval: ApprovalView, now: number): (readonly [string, string])[] {
  const { approvers, signedIn, notBy, requesterUnproven, required } = approval;
  const { decisions, claim, told, escalations = [] } = approval;
  const { people = [], role } = approvers ?? {};
  const who = [...people.map(clean), ...(role === undefined ? [] : [`signed in as ${role}`])];
  const bounds = [
    ...(who.length > 0 ? [who.join(', ')] : []),
    ...(signedIn === true ? ['only who is signed in'] : []),
    ...(notBy === undefined ? [] : [`not ${clean(notBy)}`]),
    ...(required > 1 ? [`${required} must agree`] : []),
    ...(requesterUnproven ? ['two, as nobody vouches for who asked (four eyes)'] : []),
    ...escalations.map((step) => `others ${until(step.at, now)}`),
  ];
  return [
    ...(bounds.length > 0 ? [['who', bounds.join('; ')] as const] : []),
    ...decisions.map(
      (made) => ['so far', `${made.decision} by ${person(made)} ${since(made.at, now)} ago`] as const,
    ),
    ...(claim && Date.parse(claim.until) > now
      ? [
          [
            'claimed',
            `by ${claim.role ? 'whoever is signed in as ' : ''}${claim.signedInAs ? clean(claim.by) : unverified(clean(claim.by))} until ${until(claim.until, now)}`,
          ] as const,
        ]
      : []),
    ...(told === undefined ? [] : [['told', `${told} times again`] as const]),
  ];
}

export function grantText(grant: StandingGrantView, now: number): string {
  const { id, tool, rule, when, by, signedInAs, used, uses, revoked } = grant;
  const bounds = [rule, when].filter((part) => part !== undefined).map((part) => oneLine(part, 100));
  const over = revoked ? `, revoked by ${person(revoked)}` : '';
  const times = uses === undefined ? `used ${used} times` : `used ${used} of ${uses} times`;
  return `${id}: ${[clean(tool), ...bounds].join('; ')}, by ${person({ by, signedInAs })} until ${until(grant.until, now)}, ${times}${over}`;
}
