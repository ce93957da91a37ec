import type { PendingApproval } from '../../../contracts/answers.ts';
import type { Me } from '../../../contracts/session.ts';
import {
  claimedBy,
  hasAgreed,
  isClaimedBy,
  isHandedToRoleOf,
  isNamed,
  whyNot,
} from '../approval/deciders.ts';
import { type InboxView, inboxViews, type OpenView } from '../route.ts';

/** What a view of the inbox holds for a person. */
export function rowsOfView(
  rows: readonly PendingApproval[],
  view: OpenView,
  me: Me,
  now: number,
): readonly PendingApproval[] {
  switch (view) {
    case 'all':
      return rows;
    case 'mine':
      return rows.filter(({ approval }) => isClaimedBy(approval, me, now) || isNamed(approval, me));
    case 'claimable':
      return rows.filter(
        ({ approval }) =>
          (claimedBy(approval, now) === undefined || isHandedToRoleOf(approval, me, now)) &&
          !hasAgreed(approval, me) &&
          whyNot(approval, me, now) === undefined,
      );
  }
}

/** How much there is in each view. */
export function countsOfViews(
  rows: readonly PendingApproval[],
  me: Me,
  now: number,
): Readonly<Record<OpenView, number>> {
  const count = (view: OpenView): number => rowsOfView(rows, view, me, now).length;
  return { mine: count('mine'), claimable: count('claimable'), all: rows.length };
}

export const viewNames: Readonly<Record<InboxView, string>> = {
  mine: 'Mine',
  claimable: 'Claimable',
  all: 'All',
  decided: 'Decided',
};

/** The views in their order, with what each is called. */
export const namedViews = inboxViews.map((view) => ({ view, name: viewNames[view] }));
