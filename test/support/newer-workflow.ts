import { makeContinueAsNewFunc } from '@temporalio/workflow';

/**
 * Agents as a later version of the software may run them: they carry a state that today's can't read, into a queue where
 * today's worker may find it.
 */
export async function persistentAgent(start: unknown, carried?: unknown): Promise<string> {
  if (carried !== undefined) return `read by a newer worker: ${JSON.stringify(carried)}`;
  const next = makeContinueAsNewFunc<typeof persistentAgent>({ taskQueue: 'lab' });
  return next(start, { state: { version: 99 } });
}
