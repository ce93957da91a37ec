import * as z from 'zod';

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
