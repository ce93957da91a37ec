import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from 'react';

/** A guess; rows are measured as they appear. */
const ROW_PX = 50;
const OVERSCAN = 12;
/** Whoever is this near the end wants to see what comes. */
const NEAR_END_PX = 80;

/** What one may ask of a list. */
export interface ListHandle {
  readonly scrollTo: (index: number) => void;
}

interface Props<Row> {
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly label: string;
  readonly className: string;
  readonly render: (row: Row) => ReactNode;
  readonly handle?: Ref<ListHandle>;
  /** Stays at the end while it is at the end. */
  readonly followsEnd?: boolean;
  /** The last row that there is has come in sight. */
  readonly onEnd?: (() => void) | undefined;
}

/** A list that scrolls by itself, of which only what can be seen is there, however long it is. */
export function VirtualList<Row>(props: Props<Row>) {
  const { rows, keyOf, label, className, render, handle, followsEnd = false, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
    overscan: OVERSCAN,
  });
  useImperativeHandle(handle, () => ({
    scrollTo: (index) => {
      virtualizer.scrollToIndex(index, { align: 'auto' });
    },
  }));
  useEffect(() => {
    if (followsEnd && isAtEnd.current && rows.length > 0)
      virtualizer.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [followsEnd, rows.length, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const lastSeen = items.at(-1)?.index;
  useEffect(() => {
    if (lastSeen === rows.length - 1) onEnd?.();
  }, [lastSeen, rows.length, onEnd]);
  return (
    <div
      className={`virtual-list ${className}`}
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
    >
      <ul style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start, key }) => {
          const row = rows[index];
          return (
            row !== undefined && (
              <li
                key={key}
                data-index={index}
                ref={virtualizer.measureElement}
                style={{ transform: `translateY(${start}px)` }}
                aria-setsize={onEnd ? -1 : rows.length}
                aria-posinset={index + 1}
              >
                {render(row)}
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
