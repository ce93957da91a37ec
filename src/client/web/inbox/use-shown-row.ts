import { useState } from 'react';
import type { SteadyRow } from './steady-rows.ts';

interface Shown<Row> {
  readonly list: string;
  readonly item: SteadyRow<Row>;
}

/** What the reader looks at and has chosen, and whether there is room to show one that nobody has chosen. */
interface Looking {
  readonly list: string;
  readonly selected: string | undefined;
  readonly isWide: boolean;
}

/** The row that is shown beside the list, which the rows follow: it stays until the reader moves. */
export function useShownRow<Row>(
  rows: readonly SteadyRow<Row>[],
  { list, selected, isWide }: Looking,
): SteadyRow<Row> | undefined {
  const [held, setHeld] = useState<Shown<Row>>();
  const item = shownRow(rows, held, { list, selected, isWide });
  if (item && (item.key !== held?.item.key || held.list !== list)) setHeld({ list, item });
  return item;
}

/** The chosen row, or else the one that was shown, or else the first. In another list what was shown is not kept if it is not there. */
export function shownRow<Row>(
  rows: readonly SteadyRow<Row>[],
  held: Shown<Row> | undefined,
  { list, selected, isWide }: Looking,
): SteadyRow<Row> | undefined {
  const chosen = rows.find(({ key }) => key === selected);
  if (chosen || !isWide) return chosen;
  const known = rows.find(({ key }) => key === held?.item.key);
  return known ?? (held?.list === list ? held.item : rows[0]);
}
