import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { AgentPrefix, maxTokens, type NewToken, Token, type TokenStore } from './tokens.ts';
import { type MakeUnavailable, sqliteFile } from './sqlite-file.ts';

/** The file's name in PERDURE_DATA_DIR. */
export const tokenFileName = 'tokens.sqlite';

/** Nobody guesses 256 bits, so a slow hash would only make each request slow. */
const SECRET_BYTES = 32;
const ID_BYTES = 6;
/** `perdure`, the token's id, its secret: scanners for secrets in code can find one. */
const written = /^perdure_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

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
`;

const columns =
  'id, hash, name, role, agents, created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt';

const Row = z
  .object({
    ...Token.shape,
    hash: z.instanceof(Uint8Array),
    agents: z.string().transform((text) => z.array(AgentPrefix).parse(JSON.parse(text))),
    revokedAt: z.string().nullable(),
  })
  .transform(({ hash, revokedAt, ...rest }) => {
    const token: Token = { ...rest, ...(revokedAt === null ? {} : { revokedAt }) };
    return { hash, token };
  });

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function insert(database: DatabaseSync, { name, role, agents, now, expiresAt }: NewToken) {
  const { kept } = z
    .object({ kept: z.int() })
    .parse(database.prepare('SELECT count(*) AS kept FROM tokens').get());
  if (kept >= maxTokens) return undefined;
  const id = randomBytes(ID_BYTES).toString('hex');
  const secret = `perdure_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const token = {
    ...{ id, name, role, agents },
    createdAt: now.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
  database
    .prepare(
      'INSERT INTO tokens (id, hash, name, role, agents, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(id, hashOf(secret), name, role, JSON.stringify(agents), token.createdAt, token.expiresAt);
  return { token, secret };
}

function find(database: DatabaseSync, secret: string, now: Date): Token | undefined {
  const id = written.exec(secret)?.[1];
  if (id === undefined) return undefined;
  const row = Row.optional().parse(database.prepare(`SELECT ${columns} FROM tokens WHERE id = ?`).get(id));
  if (row === undefined || !timingSafeEqual(row.hash, hashOf(secret))) return undefined;
  const { token } = row;
  return token.revokedAt === undefined && Date.parse(token.expiresAt) > now.getTime() ? token : undefined;
}

/** Opens the tokens kept in a SQLite file, which is made at the first use if it is missing. */
export function openTokens(file: string, unavailable: MakeUnavailable): TokenStore {
  const { use, change, close } = sqliteFile({ file, name: 'tokens', version: 1, schema, unavailable });
  return {
    create: (token) => change((database) => insert(database, token)),
    find: (secret, now) => use((database) => find(database, secret, now)),
    list: () =>
      use((database) => {
        const rows = database.prepare(`SELECT ${columns} FROM tokens ORDER BY created_at DESC, id`).all();
        return z
          .array(Row)
          .parse(rows)
          .map(({ token }) => token);
      }),
    revoke: (ids, now) =>
      change((database) => {
        // The first time counts: it says from when on the token could do no harm.
        const statement = database.prepare(
          'UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?',
        );
        return ids.filter((id) => statement.run(now.toISOString(), id).changes > 0);
      }),
    close,
  };
}
