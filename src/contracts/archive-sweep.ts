import * as z from 'zod';

/** The workflow that a schedule starts to have archived what has closed. */
export const SWEEP_WORKFLOW_TYPE = 'archiveRuns';

/**
 * Where workers that have an archive wait for sweeps, so that none is handed to one that has not. The schedule that asks for the sweeps
 * has the same name: each task queue has one of its own, so that one whose workers are gone holds up no other.
 */
export function archiveQueue(taskQueue: string): string {
  return `${taskQueue}-archive`;
}

/** What one sweep has done, as its workflow says. */
export const Sweep = z.object({
  /** How many runs were stored. */
  archived: z.int(),
  /** Runs that could not be stored, or whose audit could not go on, with the reason. They are tried again. */
  failed: z.array(z.object({ agent: z.string(), runId: z.string(), reason: z.string() })),
  /** More has closed than one sweep takes on: the next one goes on there. */
  more: z.boolean(),
});
export type Sweep = z.infer<typeof Sweep>;
