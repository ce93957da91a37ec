import * as z from 'zod';

/** How a run closed: with its agent, from outside, or only itself (`continued`: the agent went on in another one). */
export const RunEnding = z.enum(['completed', 'failed', 'cancelled', 'terminated', 'timed_out', 'continued']);
export type RunEnding = z.infer<typeof RunEnding>;

/** What is known of a run in the archive without reading its history. */
export const ArchivedRun = z.object({
  namespace: z.string(),
  agent: z.string(),
  runId: z.string(),
  firstRunId: z.string(),
  /** The run that it continued, if there was one. */
  previousRunId: z.string().optional(),
  definition: z.string().optional(),
  status: RunEnding,
  startedAt: z.iso.datetime(),
  closedAt: z.iso.datetime(),
  /** The last turn; absent if the history could not be read as that of an agent when it was archived. */
  turn: z.int().optional(),
  events: z.int(),
});
export type ArchivedRun = z.infer<typeof ArchivedRun>;
