import * as z from 'zod';

/** A workflow that is to be signalled or started. Half a character can't be sent: Temporal's core would stop the whole worker. */
export const WorkflowId = z
  .string()
  .min(1)
  .max(1_000)
  .refine((id) => id.isWellFormed(), { message: 'half of a character is no part of an id' });
