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

/** Whole turns from the front of the range, as many as fit; `nextFrom` names the first that did not. */
export function pageOfTurns<Entry extends { readonly turn: number }>(
  entries: readonly Entry[],
  from: number,
  to: number,
): { entries: Entry[]; nextFrom?: number } {
  const wanted = entries.filter(({ turn }) => turn >= from && turn <= to);
  const page = pageOf(wanted);
  const next = wanted[page.length];
  if (!next) return { entries: page };
  const whole = page.filter(({ turn }) => turn < next.turn);
  // A single turn larger than a page is given as far as it fits, rather than never.
  if (whole.length === 0) return { entries: page, nextFrom: next.turn + 1 };
  return { entries: whole, nextFrom: next.turn };
}
