import type { WithinTurn } from '../contracts/status.ts';
import { MAX_PAGE_CHARS } from './bounds.ts';

/** As many items from the front as fit into a page; at least one, so that paging always gets on. */
export function pageOf<Item>(items: readonly Item[]): Item[] {
  const page: Item[] = [];
  let size = 0;
  for (const item of items) {
    size += JSON.stringify(item).length;
    if (page.length > 0 && size > MAX_PAGE_CHARS) break;
    page.push(item);
  }
  return page;
}

/** Turns from one to another, without the first entries of the first of them. */
interface TurnRange {
  readonly from: number;
  readonly to: number;
  readonly entry?: number | undefined;
}

/**
 * Whole turns from the front of the range, as many as fit; `nextFrom` names the first that did not. Of a single turn larger than a page
 * what fits is given: `goesOn` says how to ask for the rest of it, and `nextFrom` names the turn after it.
 */
export function pageOfTurns<Entry extends { readonly turn: number }>(
  entries: readonly Entry[],
  { from, to, entry = 0 }: TurnRange,
): { entries: Entry[]; nextFrom?: number; goesOn?: WithinTurn } {
  const ofFirst = entries.filter(({ turn }) => turn === from);
  const later = entries.filter(({ turn }) => turn > from && turn <= to);
  const wanted = from <= to ? [...ofFirst.slice(entry), ...later] : [];
  const page = pageOf(wanted);
  const next = wanted[page.length];
  if (!next) return { entries: page };
  const whole = page.filter(({ turn }) => turn < next.turn);
  if (whole.length > 0) return { entries: whole, nextFrom: next.turn };
  const before = next.turn === from ? entry : 0;
  return {
    ...{ entries: page, nextFrom: next.turn + 1 },
    goesOn: { from: next.turn, entry: before + page.length },
  };
}
