import { useRef } from 'react';
import { useShortcuts } from '../controls/shortcut.ts';
import { type ListHandle, VirtualList } from '../controls/virtual-list.tsx';
import { TimelineLine } from './timeline-line.tsx';
import type { TimelineRow } from './timeline-rows.ts';

interface Props {
  readonly rows: readonly TimelineRow[];
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
}

/** The timeline, which stays at its end while it is there; `j` and `k` go from line to line. */
export function TimelineList({ rows, selected, onSelect }: Props) {
  const list = useRef<ListHandle>(null);
  const move = (by: 1 | -1): void => {
    const index = rows.findIndex(({ key }) => key === selected);
    for (let next = index + by; next >= 0 && next < rows.length; next += by) {
      const row = rows[next];
      if (!row || !hasDetails(row)) continue;
      onSelect(row.key);
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
      keyOf={({ key }) => key}
      handle={list}
      followsEnd
      render={(row) =>
        hasDetails(row) ? (
          <button
            type="button"
            className="line"
            aria-pressed={row.key === selected}
            onClick={() => {
              onSelect(row.key);
            }}
          >
            <TimelineLine row={row} />
          </button>
        ) : (
          <TimelineLine row={row} />
        )
      }
    />
  );
}

function hasDetails({ kind }: TimelineRow): boolean {
  return kind !== 'turn' && kind !== 'gap';
}
