import { useState } from 'react';
import type { PendingApproval } from '../../../contracts/answers.ts';
import { type OpenApprovals, useOpenApprovals } from '../api/approvals.ts';
import { Approval } from '../approval/approval-page.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { useMedia, wide } from '../controls/media.ts';
import { useShortcuts } from '../controls/shortcut.ts';
import { goTo } from '../navigation.tsx';
import type { OpenView } from '../route.ts';
import { BulkBar } from './bulk-bar.tsx';
import { useInboxFeed } from './inbox-feed.ts';
import { InboxHead } from './inbox-head.tsx';
import { InboxList } from './inbox-list.tsx';
import { NoApprovals } from './no-approvals.tsx';
import type { SteadyRow } from './steady-rows.ts';
import { UnansweredNotice } from './unanswered-notice.tsx';
import { useInboxRows } from './use-inbox-rows.ts';
import { useShownRow } from './use-shown-row.ts';

const noApprovals: OpenApprovals = { approvals: [], unanswered: [], isComplete: false };

/** What waits for people: a list, and beside it what is chosen in it where there is room. */
export function InboxPage({ view }: { readonly view: OpenView }) {
  const open = useOpenApprovals();
  const live = useInboxFeed();
  const [words, setWords] = useState('');
  const [selected, setSelected] = useState<string>();
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set());
  const isWide = useMedia(wide);
  const data = open.data ?? noApprovals;
  const { approvals, unanswered } = data;
  const isInUse = selected !== undefined || checked.size > 0;
  const { rows, fresh, counts, show: showAll } = useInboxRows(data, { view, words, isInUse });
  const chosen = useShownRow(rows, { list: `${view} ${words}`, selected, isWide });
  const show = (item: SteadyRow<PendingApproval>): void => {
    setSelected(item.key);
    if (!isWide) goTo({ page: 'approval', agent: item.row.agent, approval: item.row.approval.id });
  };
  const check = (key: string, isChecked: boolean): void => {
    setChecked((known) => new Set(isChecked ? [...known, key] : [...known].filter((one) => one !== key)));
  };
  useListKeys(rows, chosen, setSelected);
  return (
    <main className="inbox-page">
      <div className="inbox-pane">
        <InboxHead {...{ view, counts, words, live, fresh, onWords: setWords, onShow: showAll }} />
        {open.error && <ErrorView error={open.error} onRetry={() => void open.refetch()} />}
        {unanswered.length > 0 && <UnansweredNotice unanswered={unanswered} />}
        {open.isPending && <Loading what="what waits for people" />}
        {open.data && rows.length === 0 && (
          <NoApprovals
            isFiltered={approvals.length > 0}
            onClear={() => {
              setWords('');
              goTo({ page: 'inbox', view: 'all' });
            }}
          />
        )}
        {rows.length > 0 && (
          <InboxList
            rows={rows}
            selected={chosen?.key}
            checked={checked}
            onOpen={(key) => {
              const item = rows.find((one) => one.key === key);
              if (item) show(item);
            }}
            onCheck={check}
          />
        )}
        <BulkBar
          rows={rows.filter(({ key, isGone }) => checked.has(key) && !isGone).map(({ row }) => row)}
          onDone={() => {
            setChecked(new Set());
          }}
        />
      </div>
      {isWide && <DetailPane chosen={chosen} />}
    </main>
  );
}

function DetailPane({ chosen }: { readonly chosen: SteadyRow<PendingApproval> | undefined }) {
  return (
    <section className="detail-pane" aria-label="The chosen approval" tabIndex={0}>
      {chosen && (
        <Approval key={chosen.key} agent={chosen.row.agent} approval={chosen.row.approval.id} heading="h2" />
      )}
    </section>
  );
}

/** `j` and `k` go down and up; Enter opens the page of what is chosen. */
function useListKeys(
  rows: readonly SteadyRow<PendingApproval>[],
  chosen: SteadyRow<PendingApproval> | undefined,
  select: (key: string) => void,
): void {
  const index = rows.findIndex(({ key }) => key === chosen?.key);
  const move = (by: number): void => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, index + by))];
    if (next) select(next.key);
  };
  useShortcuts({
    j: () => {
      move(1);
    },
    k: () => {
      move(-1);
    },
    o:
      chosen &&
      (() => {
        goTo({ page: 'approval', agent: chosen.row.agent, approval: chosen.row.approval.id });
      }),
  });
}
