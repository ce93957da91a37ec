import * as z from 'zod';
import { Role } from './role.ts';
import { Seal } from './seal.ts';

/**
 * What is known of the requester beyond what the start says: the third argument of `persistentAgent`. It stands apart from the start, so
 * that a worker that does not know it begins the agent all the same.
 */
export const Vouch = z.object({
  /** An admin server's word, over the agent's id and everything that it was started with. */
  seal: Seal.optional(),
  /** The word of the agent that delegates. Counts only where Temporal says that it has started this one. */
  signedInAs: Role.optional(),
});
export type Vouch = z.infer<typeof Vouch>;
