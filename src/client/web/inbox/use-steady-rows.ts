import { useState } from 'react';
import { freshRows, noRows, steadyRows, type SteadyRows } from './steady-rows.ts';

interface Held<Row> {
  readonly of: readonly Row[];
  readonly list: string;
  /** Whether it was read to its end when it was shown: only then it has an order to keep. */
  readonly isSettled: boolean;
  readonly shown: SteadyRows<Row>;
}

interface Reading {
  /** What the reader looks at: another view or filter is another list. */
  readonly list: string;
  /** Whether it is read to its end. */
  readonly isSettled: boolean;
  /** Whether the reader is at work in it: from then on it has an order to keep also while it is still being read. */
  readonly isInUse: boolean;
}

/** Rows that stay where they are while the list changes under them. `show` brings it up to date, when the reader says so. */
export function useSteadyRows<Row>(
  now: readonly Row[],
  keyOf: (row: Row) => string,
  { list, isSettled, isInUse }: Reading,
): SteadyRows<Row> & { readonly show: () => void } {
  const [held, setHeld] = useState<Held<Row>>({ of: [], list, isSettled: false, shown: noRows });
  let current = held;
  if (held.of !== now || held.list !== list) {
    const isSame = held.list === list && held.shown.rows.length > 0;
    const shown = steadyRows(held.shown, now, keyOf, isSame && (held.isSettled || isInUse));
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
