import * as z from 'zod';
import { Role } from './role.ts';

/** Leave that a person gave ahead, as an agent keeps it until its time is up or it is taken back. */
export const StandingGrant = z.object({
  id: z.string(),
  tool: z.string(),
  rule: z.string().optional(),
  when: z.string().optional(),
  by: z.string(),
  /** An admin server vouches for who gave it. */
  signedInAs: Role.optional(),
  at: z.number(),
  until: z.number(),
  /** How often it may count, and how often it has. */
  uses: z.int().optional(),
  used: z.int(),
  reason: z.string().optional(),
  revoked: z.object({ by: z.string(), signedInAs: Role.optional(), at: z.number() }).optional(),
});
export type StandingGrant = z.infer<typeof StandingGrant>;
