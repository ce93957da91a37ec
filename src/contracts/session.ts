import * as z from 'zod';
import { Role } from './role.ts';

/** What a page sends to sign in: the secret of a link that `perdure token sign-in` has printed. */
export const SignIn = z.strictObject({ link: z.string().min(1).max(200) });

/** Who acts with a request, and what they may do. */
export const Me = z.object({
  name: z.string(),
  role: Role,
  /** Beginnings of the ids of agents that are within reach; none: all. */
  agents: z.array(z.string()),
  kind: z.enum(['token', 'session']),
  expiresAt: z.iso.datetime(),
  /** Of a session: what a page sends as X-CSRF-Token with every request that changes something. */
  csrf: z.string().optional(),
  /** Where Temporal's Web UI shows the namespace that agents live in, if the server was told. */
  temporalUi: z.string().optional(),
});
export type Me = z.infer<typeof Me>;
