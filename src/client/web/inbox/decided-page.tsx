import type { ClosedApproval, ClosedApprovals } from '../../../contracts/answers.ts';
import { useClosedApprovals } from '../api/decisions.ts';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { VirtualList } from '../controls/virtual-list.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { DecidedRow } from './decided-row.tsx';
import { InboxNav } from './inbox-nav.tsx';

/** What was decided, by whom, when and how, latest first, as far as one wants to look back. */
export function DecidedPage() {
  const closed = useClosedApprovals();
  const pages = closed.data?.pages ?? [];
  const rows = latestFirst(pages);
  const look = (): void => {
    void closed.fetchNextPage();
  };
  return (
    <main className="agents-page decided-page">
      <header className="list-head">
        <div className="list-title">
          <h1>Inbox</h1>
        </div>
        <InboxNav view="decided" />
        {closed.data && (
          <Covered pages={pages} hasMore={closed.hasNextPage} isReading={closed.isFetching} onMore={look} />
        )}
      </header>
      {closed.error && <ErrorView error={closed.error} onRetry={() => void closed.refetch()} />}
      {closed.isPending && <Loading what="what was decided" />}
      {closed.data && rows.length === 0 && (
        <EmptyState title="Nothing was decided yet">
          None of the agents that were looked at has asked anything that is closed by now.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <VirtualList
          className="decided-list"
          label="Decided approvals"
          rows={rows}
          keyOf={({ agent, approval }) => `${approval.id} ${agent}`}
          render={(row) => <DecidedRow row={row} />}
        />
      )}
    </main>
  );
}

function latestFirst(pages: readonly ClosedApprovals[]): ClosedApproval[] {
  return pages
    .flatMap(({ approvals }) => approvals)
    .toSorted((one, other) => other.closedAt.localeCompare(one.closedAt));
}

interface CoveredProps {
  readonly pages: readonly ClosedApprovals[];
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly onMore: () => void;
}

/** Which agents were looked at, and how to look at more. */
function Covered({ pages, hasMore, isReading, onMore }: CoveredProps) {
  const agents = pages.reduce((sum, page) => sum + page.agents, 0);
  const unread = pages.flatMap((page) => page.unread);
  const whose = hasMore ? `the ${agents} agents that were started last` : `all ${agents} agents`;
  return (
    <div className="covered">
      <p className="quiet">
        Latest first, of {whose} that Temporal or the archive still has, and of each its last{' '}
        {pages[0]?.turns} turns.
      </p>
      {unread.length > 0 && (
        <p className="problem">
          Not read: <UntrustedText text={unread.map(({ agent }) => agent).join(', ')} />
        </p>
      )}
      {hasMore && (
        <button type="button" disabled={isReading} onClick={onMore}>
          {isReading ? 'Reading …' : 'Look at older agents'}
        </button>
      )}
    </div>
  );
}
