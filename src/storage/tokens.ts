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

/** `token`: for programs. `link`: signs somebody in, once. `session`: a browser that is signed in. */
export const TokenKind = z.enum(['token', 'link', 'session']);
export type TokenKind = z.infer<typeof TokenKind>;

/** What is kept of a token: never its secret. */
export const Token = z.object({
  id: z.string(),
  kind: TokenKind,
  /** Who acts with it. A person may have several. */
  name: TokenName,
  role: Role,
  /** Beginnings of the ids of agents that it may reach; none: all. */
  agents: z.array(AgentPrefix),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** Of a link: when it was used or revoked. */
  revokedAt: z.iso.datetime().optional(),
  /** Of a link: until when the session lasts that it opens. */
  sessionUntil: z.iso.datetime().optional(),
});
export type Token = z.infer<typeof Token>;

export interface NewToken extends Pick<Token, 'kind' | 'name' | 'role'> {
  readonly agents: readonly string[];
  readonly now: Date;
  readonly expiresAt: Date;
  readonly sessionUntil?: Date;
}

export interface TokenStore {
  /** Keeps a new token and gives its secret, which is nowhere else and can't be had again; undefined when there are too many. */
  readonly create: (token: NewToken) => { token: Token; secret: string } | undefined;
  /** The token of this kind with this secret, unless it has expired or was revoked. */
  readonly find: (kind: TokenKind, secret: string, now: Date) => Token | undefined;
  /** The link with this secret, which is good for nothing from now on: of several who ask at once one gets it. */
  readonly redeem: (secret: string, now: Date) => Token | undefined;
  readonly list: () => Token[];
  /** Which of them there are; they are not found any more from now on. */
  readonly revoke: (ids: readonly string[], now: Date) => string[];
  readonly close: () => void;
}
