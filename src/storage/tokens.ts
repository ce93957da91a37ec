import * as z from 'zod';
import { Role } from '../contracts/role.ts';

/** Nobody keeps an eye on more; one that has expired or was revoked for long can be deleted by hand. */
export const maxTokens = 10_000;

/** The name is shown wherever this person or program has acted, so it stays on one line. */
export const TokenName = z
  .string()
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N} ._@-]{0,98}[\p{L}\p{N}._-])?$/u,
    'letters, digits, spaces and . _ @ -, at most 100',
  );

/** How ids of agents begin that a token may reach. Nothing in it needs a quote in a list filter. */
export const AgentPrefix = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$/, 'letters, digits and . _ : / @ -, at most 100');

/** What is kept of a token: never its secret. */
export const Token = z.object({
  id: z.string(),
  /** Who acts with it. A person may have several. */
  name: TokenName,
  role: Role,
  /** Beginnings of the ids of agents that it may reach; none: all. */
  agents: z.array(AgentPrefix),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
});
export type Token = z.infer<typeof Token>;

export interface NewToken extends Pick<Token, 'name' | 'role' | 'agents'> {
  readonly now: Date;
  readonly expiresAt: Date;
}

export interface TokenStore {
  /** Keeps a new token and gives its secret, which is nowhere else and can't be had again; undefined when there are too many. */
  readonly create: (token: NewToken) => { token: Token; secret: string } | undefined;
  /** The token with this secret, unless it has expired or was revoked. */
  readonly find: (secret: string, now: Date) => Token | undefined;
  readonly list: () => Token[];
  /** Which of them there are; they are not found any more from now on. */
  readonly revoke: (ids: readonly string[], now: Date) => string[];
  readonly close: () => void;
}
