import { useRef } from 'react';
import type { TimelineItem } from '../../../contracts/timeline.ts';
import { useShortcuts } from '../controls/shortcut.ts';
import { type ListHandle, VirtualList } from '../controls/virtual-list.tsx';
import { TimelineLine } from './timeline-line.tsx';
import { hasDetails, type TurnUsage } from './timeline-rows.ts';

interface Props {
  readonly rows: readonly TimelineItem[];
  readonly usage: ReadonlyMap<number, TurnUsage>;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

/** The timeline, which stays at its end while it is there; `j` and `k` go from line to line. */
export function TimelineList({ rows, usage, selected, onSelect }: Props) {
  const list = useRef<ListHandle>(null);
  const move = (by: 1 | -1): void => {
    const index = rows.findIndex(({ id }) => id === selected);
    for (let next = index + by; next >= 0 && next < rows.length; next += by) {
      const row = rows[next];
      if (!row || !hasDetails(row)) continue;
      onSelect(row.id);
      list.current?.scrollTo(next);
      return;
    }
  };
  useShortcuts({
    j: () => {
      move(1);
    },
    k: () => {
      move(-1);
    },
  });
  return (
    <VirtualList
      className="timeline"
      label="Timeline"
      rows={rows}
      keyOf={({ id }) => id}
      handle={list}
      followsEnd
      render={(row) =>
        hasDetails(row) ? (
          <button
            type="button"
            className="line"
            aria-pressed={row.id === selected}
            onClick={() => {
              onSelect(row.id);
            }}
          >
            <TimelineLine item={row} />
          </button>
        ) : (
          <TimelineLine item={row} usage={row.kind === 'turn' ? usage.get(row.turn) : undefined} />
        )
      }
    />
  );
}
