import * as z from 'zod';

/** One history to be replayed, in the JSON that Temporal's own tools write. */
export const ReplayRequest = z.object({ agent: z.string(), history: z.unknown() });
export type ReplayRequest = z.infer<typeof ReplayRequest>;

/** Where a history and the code part. */
export const Parting = z.object({
  /** The first event that does not fit, or where the workflow task with it begins. */
  event: z.object({ id: z.int(), type: z.string() }),
  /** What the history has there, in words. */
  history: z.string(),
  /** What the code would do instead, in words. */
  code: z.string(),
});
export type Parting = z.infer<typeof Parting>;

/** Whether a workflow can go on with the code of this build. */
export const ReplayVerdict = z.discriminatedUnion('compatible', [
  z.object({ agent: z.string(), run: z.string(), events: z.int(), compatible: z.literal(true) }),
  z.object({
    agent: z.string(),
    run: z.string(),
    events: z.int(),
    compatible: z.literal(false),
    /** Absent when the history could not be read at all. */
    parting: Parting.optional(),
    /** In the words of Temporal's SDK. */
    reason: z.string(),
  }),
]);
export type ReplayVerdict = z.infer<typeof ReplayVerdict>;
