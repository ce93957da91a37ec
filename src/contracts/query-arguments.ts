import * as z from 'zod';

/** The one JSON argument of an agent's queries; most may be left out. */
export const TurnRange = z
  .strictObject({
    from: z.int().optional(),
    to: z.int().optional(),
    /** Without the first entries of the first turn: a page before had them. */
    entry: z.int().nonnegative().optional(),
  })
  .default({});
export const FromRevision = z.strictObject({ from: z.int().optional() }).default({});
export const AtTurn = z.strictObject({ turn: z.int().nonnegative() });
export const FromOffset = z.strictObject({ offset: z.int().nonnegative().optional() }).default({});
