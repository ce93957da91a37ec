import { useEffect, useRef } from 'react';
import type { PendingApproval } from '../../../contracts/answers.ts';
import { type ListHandle, VirtualList } from '../controls/virtual-list.tsx';
import { InboxRow } from './inbox-row.tsx';
import type { SteadyRow } from './steady-rows.ts';

interface Props {
  readonly rows: readonly SteadyRow<PendingApproval>[];
  readonly selected: string | undefined;
  readonly checked: ReadonlySet<string>;
  readonly onOpen: (key: string) => void;
  readonly onCheck: (key: string, isChecked: boolean) => void;
}

/** What waits; whatever is chosen is kept in sight. */
export function InboxList({ rows, selected, checked, onOpen, onCheck }: Props) {
  const list = useRef<ListHandle>(null);
  const selectedIndex = rows.findIndex(({ key }) => key === selected);
  useEffect(() => {
    if (selectedIndex >= 0) list.current?.scrollTo(selectedIndex);
  }, [selectedIndex]);
  return (
    <VirtualList
      className="inbox-list"
      label="Approvals"
      rows={rows}
      keyOf={({ key }) => key}
      handle={list}
      render={({ key, row, isGone }) => (
        <InboxRow
          row={row}
          isGone={isGone}
          isSelected={key === selected}
          isChecked={checked.has(key)}
          onOpen={() => {
            onOpen(key);
          }}
          onCheck={(isChecked) => {
            onCheck(key, isChecked);
          }}
        />
      )}
    />
  );
}
