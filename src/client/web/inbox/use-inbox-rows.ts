import { useMemo } from 'react';
import type { PendingApproval } from '../../../contracts/answers.ts';
import type { OpenApprovals } from '../api/approvals.ts';
import { useMe } from '../api/session.ts';
import type { OpenView } from '../route.ts';
import { useNow } from '../text/now.ts';
import { approvalRowKey, matching, oldestFirst } from './inbox-filter.ts';
import { countsOfViews, rowsOfView } from './inbox-views.ts';
import { useSteadyRows } from './use-steady-rows.ts';

/** Claims end by themselves; to the minute is soon enough for a list. */
const CLAIMS_MS = 60_000;

interface Looking {
  readonly view: OpenView;
  readonly words: string;
  /** Whether somebody has begun to choose in it. */
  readonly isInUse: boolean;
}

/** What a view of the inbox shows, in an order that stays, and how much each view holds. */
export function useInboxRows({ approvals, isComplete }: OpenApprovals, { view, words, isInUse }: Looking) {
  const { data: me } = useMe();
  const minute = Math.floor(useNow() / CLAIMS_MS) * CLAIMS_MS;
  const now = useMemo((): PendingApproval[] => {
    const rows = me === undefined ? approvals : rowsOfView(approvals, view, me, minute);
    return oldestFirst(matching(rows, words));
  }, [approvals, view, words, me, minute]);
  const counts = useMemo(
    () => (me === undefined ? undefined : countsOfViews(approvals, me, minute)),
    [approvals, me, minute],
  );
  const steady = useSteadyRows(now, approvalRowKey, {
    list: `${view} ${words}`,
    isSettled: isComplete,
    isInUse,
  });
  return { ...steady, counts };
}
