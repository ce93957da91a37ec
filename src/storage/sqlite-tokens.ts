import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { AgentPrefix, maxTokens, type NewToken, Token, type TokenKind, type TokenStore } from './tokens.ts';
import { type MakeUnavailable, sqliteFile } from './sqlite-file.ts';

/** The file's name in PERDURE_DATA_DIR. */
export const tokenFileName = 'tokens.sqlite';

/** Nobody guesses 256 bits, so a slow hash would only make each request slow. */
const SECRET_BYTES = 32;
const ID_BYTES = 6;
/** `perdure`, the token's id, its secret: scanners for secrets in code can find one. */
const written = /^perdure_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** The table as it was first, and what version 2 has more. */
const schema = `
  CREATE TABLE IF NOT EXISTS tokens (
    id TEXT NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    agents TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE tokens ADD COLUMN kind TEXT NOT NULL DEFAULT 'token';
  ALTER TABLE tokens ADD COLUMN session_until TEXT;
`;

const columns =
  'id, kind, hash, name, role, agents, created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt, session_until AS sessionUntil';

const Row = z
  .object({
    ...Token.shape,
    hash: z.instanceof(Uint8Array),
    agents: z.string().transform((text) => z.array(AgentPrefix).parse(JSON.parse(text))),
    revokedAt: z.string().nullable(),
    sessionUntil: z.string().nullable(),
  })
  .transform(({ hash, revokedAt, sessionUntil, ...rest }) => {
    const token: Token = {
      ...rest,
      ...(revokedAt === null ? {} : { revokedAt }),
      ...(sessionUntil === null ? {} : { sessionUntil }),
    };
    return { hash, token };
  });

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function insert(database: DatabaseSync, wanted: NewToken) {
  const { kind, name, role, agents, now, expiresAt, sessionUntil } = wanted;
  // People sign in every day, and nobody looks through what is left of it.
  database.prepare("DELETE FROM tokens WHERE kind <> 'token' AND expires_at <= ?").run(now.toISOString());
  const { kept } = z
    .object({ kept: z.int() })
    .parse(database.prepare('SELECT count(*) AS kept FROM tokens').get());
  if (kept >= maxTokens) return undefined;
  const id = randomBytes(ID_BYTES).toString('hex');
  const secret = `perdure_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const token: Token = {
    ...{ id, kind, name, role, agents: [...agents] },
    createdAt: now.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(sessionUntil === undefined ? {} : { sessionUntil: sessionUntil.toISOString() }),
  };
  database
    .prepare(
      `INSERT INTO tokens (id, kind, hash, name, role, agents, created_at, expires_at, session_until)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...[id, kind, hashOf(secret), name, role, JSON.stringify(agents)],
      ...[token.createdAt, token.expiresAt, token.sessionUntil ?? null],
    );
  return { token, secret };
}

function find(database: DatabaseSync, kind: TokenKind, secret: string, now: Date): Token | undefined {
  const id = written.exec(secret)?.[1];
  if (id === undefined) return undefined;
  const row = Row.optional().parse(database.prepare(`SELECT ${columns} FROM tokens WHERE id = ?`).get(id));
  if (row === undefined || !timingSafeEqual(row.hash, hashOf(secret))) return undefined;
  const { token } = row;
  if (token.kind !== kind || token.revokedAt !== undefined) return undefined;
  return Date.parse(token.expiresAt) > now.getTime() ? token : undefined;
}

function revoke(database: DatabaseSync, ids: readonly string[], now: Date): string[] {
  // The first time counts: it says from when on the token could do no harm.
  const statement = database.prepare('UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?');
  return ids.filter((id) => statement.run(now.toISOString(), id).changes > 0);
}

/** Opens the tokens kept in a SQLite file, which is made at the first use if it is missing. */
export function openTokens(file: string, unavailable: MakeUnavailable): TokenStore {
  const { use, change, close } = sqliteFile({ file, name: 'tokens', version: 2, schema, unavailable });
  return {
    create: (token) => change((database) => insert(database, token)),
    find: (kind, secret, now) => use((database) => find(database, kind, secret, now)),
    redeem: (secret, now) =>
      change((database) => {
        const link = find(database, 'link', secret, now);
        if (link !== undefined) revoke(database, [link.id], now);
        return link;
      }),
    list: () =>
      use((database) => {
        const rows = database.prepare(`SELECT ${columns} FROM tokens ORDER BY created_at DESC, id`).all();
        return z
          .array(Row)
          .parse(rows)
          .map(({ token }) => token);
      }),
    revoke: (ids, now) => change((database) => revoke(database, ids, now)),
    close,
  };
}
