import * as z from 'zod';
import { Role } from './role.ts';

/** An admin server's word for who sent a message: somebody who is signed in there, with this role. */
export const Seal = z.strictObject({
  role: Role,
  /** When it was given, in milliseconds since the epoch: no two messages have the same seal. */
  at: z.int().nonnegative(),
  /** Ed25519 over `sealedText`, hexadecimal. In one way of writing only: by its text it is known that a seal has counted. */
  signature: z
    .string()
    .length(128)
    .refine((text) => text === text.toLowerCase(), { message: 'lower case only' }),
});
export type Seal = z.infer<typeof Seal>;
