import { useMemo } from 'react';
import { blockOf, useTimeline } from '../api/timeline.ts';
import { TimelineLine } from './timeline-line.tsx';
import { hasDetails, timelineRows } from './timeline-rows.ts';

/** How many turns before a question tell how it came about. */
const TURNS = 2;
const MAX_ROWS = 14;

/** What led to a question: the last things that were said and done before it. */
export function RecentTurns({ agent, turn }: { readonly agent: string; readonly turn: number }) {
  const { items, isReading } = useTimeline(agent, blockOf(turn), turn);
  const rows = useMemo(
    () =>
      timelineRows(
        items.filter((item) => item.turn <= turn && item.turn > turn - TURNS),
        { show: 'all', everyChange: false },
      ),
    [items, turn],
  );
  if (rows.length === 0)
    return <p className="quiet">{isReading ? 'Reading …' : 'Nothing was said before.'}</p>;
  return (
    <ol className="recent-turns">
      {rows.slice(-MAX_ROWS).map((row) => (
        <li key={row.id} className={hasDetails(row) ? `${row.kind} line` : row.kind}>
          <TimelineLine item={row} />
        </li>
      ))}
    </ol>
  );
}
