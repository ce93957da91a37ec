import * as z from 'zod';
import type { WithinTurn } from '../../../contracts/status.ts';
import { pageOfTurns } from '../../../core/paging.ts';

/** A number in a query. Only digits: `Number` would take `0x10`, `1e3` and blanks as well. */
export const WholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'a whole number')
  .transform(Number)
  .pipe(z.int().min(0).max(999_999_999));

/** How many to give at most; more than the bound is refused rather than cut, so that nobody takes a part for the whole. */
export function Limit(most: number, usual: number) {
  return WholeNumber.pipe(z.int().min(1).max(most)).default(usual);
}

/** What an answer before has given as `nextCursor`. */
export const Cursor = z.string().min(1).max(4_000).optional();

/** Turns of a page; of large turns fewer fit. */
const MAX_TURNS = 200;

export const TurnRange = z.strictObject({
  from: WholeNumber.default(0),
  to: WholeNumber.optional(),
  /** What an answer's `goesOn` has said beside `from`. */
  entry: WholeNumber.default(0),
  limit: Limit(MAX_TURNS, 50),
});

/** Turns that are asked for at once, inclusive on both ends. */
interface Turns {
  readonly from: number;
  readonly to: number;
}

/** What was found between them, of turns from the first to the last that can be read. */
interface Found {
  readonly firstTurn: number;
  readonly lastTurn: number;
}

interface PageOf<Read, Entry> {
  readonly found: Read;
  readonly entries: Entry[];
  readonly nextFrom?: number;
  readonly goesOn?: WithinTurn;
}

/** Whole turns from one on, as many as were asked for and fit into a page. One may be empty though later ones are not, if little was asked for. */
export async function turnsPage<Read extends Found, Entry extends { readonly turn: number }>(
  { from, to = Infinity, entry, limit }: z.output<typeof TurnRange>,
  read: (turns: Turns) => Promise<Read>,
  entriesOf: (found: Read) => readonly Entry[],
): Promise<PageOf<Read, Entry>> {
  const last = Math.min(to, from + limit - 1);
  const found = await read({ from, to: last });
  const page = pageOfTurns(entriesOf(found), { from, to: last, entry });
  // What was before the first turn that can be read is gone, so that paging goes on with it.
  const following = Math.max(last + 1, found.firstTurn);
  const next = page.nextFrom ?? (following <= Math.min(to, found.lastTurn) ? following : undefined);
  return { found, ...page, ...(next === undefined ? {} : { nextFrom: next }) };
}
