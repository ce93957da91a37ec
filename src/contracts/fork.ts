import * as z from 'zod';
import { Json } from './json.ts';

/** As long as the goal of an agent may be. */
const MAX_FORK_TEXT_CHARS = 100_000;
/** More is another agent rather than the same one under changed conditions. */
const MAX_EDITS = 50;

/**
 * What the tools of a fork do:
 * - `recorded`: a call that the other agent made as well ends as it did there, without doing anything; an effect that
 *   is not on the record is only proposed.
 * - `dry`: tools that only read run; effects are only proposed.
 * - `live`: everything runs, under the fork's own keys and by the definition's policy.
 */
export const ForkTools = z.enum(['recorded', 'dry', 'live']);
export type ForkTools = z.infer<typeof ForkTools>;

/** Where an agent begins that is a fork of another one, and what is different there. */
export const Fork = z.strictObject({
  /** The agent that is forked, by its id, at the end of this turn; 0 is its beginning. */
  agent: z.string().min(1).max(1_000),
  turn: z.int().nonnegative(),
  /** First run of the agent that is meant, for an id that was used more than once. */
  run: z.string().min(1).max(100).optional(),
  tools: ForkTools.default('recorded'),
  /** In place of the definition's. */
  instructions: z.string().min(1).max(MAX_FORK_TEXT_CHARS).optional(),
  /** In place of what the agent was told in that turn, `nth` from 1; the goal was told in turn 0. */
  messages: z
    .array(
      z.strictObject({
        turn: z.int().nonnegative(),
        nth: z.int().positive().default(1),
        text: z.string().min(1).max(MAX_FORK_TEXT_CHARS),
      }),
    )
    .max(MAX_EDITS)
    .optional(),
  /** In place of what a call came to; `call` from 1. */
  results: z
    .array(z.strictObject({ turn: z.int().positive(), call: z.int().positive(), result: Json }))
    .max(MAX_EDITS)
    .optional(),
  /** The model is asked anew, although nothing else is different. */
  again: z.boolean().optional(),
});
export type Fork = z.output<typeof Fork>;
