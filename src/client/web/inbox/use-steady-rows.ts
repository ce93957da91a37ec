import { useState } from 'react';
import { freshRows, noRows, steadyRows, type SteadyRows } from './steady-rows.ts';

interface Held<Row> {
  readonly of: readonly Row[];
  readonly list: string;
  readonly shown: SteadyRows<Row>;
}

/**
 * Rows that stay where they are while the list changes under them. `list` names what the reader looks at: another view or
 * filter is another list. `show` brings it up to date, when the reader says so.
 */
export function useSteadyRows<Row>(
  now: readonly Row[],
  keyOf: (row: Row) => string,
  { list, isSettled }: { readonly list: string; readonly isSettled: boolean },
): SteadyRows<Row> & { readonly show: () => void } {
  const [held, setHeld] = useState<Held<Row>>({ of: [], list, shown: noRows });
  let current = held;
  if (held.of !== now || held.list !== list) {
    const isSame = held.list === list && held.shown.rows.length > 0;
    current = { of: now, list, shown: steadyRows(held.shown, now, keyOf, isSettled && isSame) };
    // React's own way to follow what is handed in: it renders again at once, before anything is shown.
    setHeld(current);
  }
  return {
    ...current.shown,
    show: () => {
      setHeld({ of: now, list, shown: freshRows(now, keyOf) });
    },
  };
}
