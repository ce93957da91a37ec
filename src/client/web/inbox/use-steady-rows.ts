import { useState } from 'react';
import { freshRows, noRows, steadyRows, type SteadyRows } from './steady-rows.ts';

interface Held<Row> {
  readonly of: readonly Row[];
  readonly list: string;
  /** Whether it was read to its end when it was shown: only then it has an order to keep. */
  readonly isSettled: boolean;
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
  const [held, setHeld] = useState<Held<Row>>({ of: [], list, isSettled: false, shown: noRows });
  let current = held;
  if (held.of !== now || held.list !== list) {
    const isSame = held.list === list && held.shown.rows.length > 0;
    const shown = steadyRows(held.shown, now, keyOf, held.isSettled && isSame);
    current = { of: now, list, isSettled, shown };
    // React's own way to follow what is handed in: it renders again at once, before anything is shown.
    setHeld(current);
  }
  return {
    ...current.shown,
    show: () => {
      setHeld({ of: now, list, isSettled, shown: freshRows(now, keyOf) });
    },
  };
}
