/** What a list shows: rows in an order that only the reader changes, and how many more there would be. */
export interface SteadyRows<Row> {
  readonly rows: readonly SteadyRow<Row>[];
  /** Rows that have come since and are not shown yet. */
  readonly fresh: number;
}

export interface SteadyRow<Row> {
  readonly key: string;
  readonly row: Row;
  /** It is not in the list any more; it stays where it was until the reader asks for the list anew. */
  readonly isGone: boolean;
}

export const noRows: SteadyRows<never> = { rows: [], fresh: 0 };

/**
 * Brings what is shown up to date without moving anything: rows keep their places, those that are gone stay and say so, new
 * ones are counted. While the list is still being read for the first time there is no order to keep.
 */
export function steadyRows<Row>(
  shown: SteadyRows<Row>,
  now: readonly Row[],
  keyOf: (row: Row) => string,
  isSettled: boolean,
): SteadyRows<Row> {
  if (!isSettled) return freshRows(now, keyOf);
  const current = new Map(now.map((row) => [keyOf(row), row]));
  const rows = shown.rows.map(({ key, row }) => {
    const known = current.get(key);
    return { key, row: known ?? row, isGone: known === undefined };
  });
  const shownKeys = new Set(rows.map(({ key }) => key));
  return { rows, fresh: now.filter((row) => !shownKeys.has(keyOf(row))).length };
}

/** The list as it is now, in its own order. */
export function freshRows<Row>(now: readonly Row[], keyOf: (row: Row) => string): SteadyRows<Row> {
  return { rows: now.map((row) => ({ key: keyOf(row), row, isGone: false })), fresh: 0 };
}
