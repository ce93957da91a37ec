import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openTokens, tokenFileName } from '../../src/storage/sqlite-tokens.ts';
import { TokenKind, type TokenStore } from '../../src/storage/tokens.ts';

describe('tokens in a SQLite file', () => {
  let folder: string;
  let file: string;
  let store: TokenStore;
  const now = new Date('2026-11-25T12:00:00Z');
  const later = new Date('2026-11-26T12:00:00Z');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-tokens-'));
    file = join(folder, tokenFileName);
    store = openTokens(file, (message) => new Error(message));
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  const made = () =>
    store.create({ kind: 'token', name: 'ann', role: 'approver', agents: ['desk-'], now, expiresAt: later })!;

  it('finds a token by its secret, in another process too', () => {
    const { token, secret } = made();
    const other = openTokens(file, (message) => new Error(message));
    assert.deepEqual(other.find('token', secret, now), token);
    assert.deepEqual(other.list(), [token]);
    other.close();
  });

  it('keeps no secret', () => {
    const { secret } = made();
    store.close();
    assert.ok(!readFileSync(file).includes(secret.slice(-43)));
  });

  it('finds nothing for another secret, however near', () => {
    const { secret } = made();
    const others = [
      `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
      `${secret} `,
      secret.slice(0, -1),
      secret.toUpperCase(),
      '',
      'perdure_',
      `perdure_000000000000_${secret.slice(-43)}`,
    ];
    for (const other of others) assert.equal(store.find('token', other, now), undefined, other);
  });

  it('finds no token that has expired or was revoked; the first revocation counts', () => {
    const { token, secret } = made();
    assert.equal(store.find('token', secret, later), undefined);
    assert.deepEqual(store.revoke([token.id, 'unknown'], now), [token.id]);
    assert.deepEqual(store.revoke([token.id], later), [token.id]);
    assert.equal(store.find('token', secret, now), undefined);
    assert.equal(store.list()[0]?.revokedAt, now.toISOString());
  });

  it('gives a link to one of those who ask for it, and nobody after that or when it has expired', () => {
    const link = { kind: 'link', name: 'ann', role: 'viewer', agents: [], now, sessionUntil: later } as const;
    const { token, secret } = store.create({ ...link, expiresAt: later })!;
    const other = openTokens(file, (message) => new Error(message));
    assert.equal(store.redeem(secret, later), undefined);
    assert.equal(store.redeem(`${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`, now), undefined);
    const got = [store.redeem(secret, now), other.redeem(secret, now)];
    assert.deepEqual(
      got.map((one) => one?.id),
      [token.id, undefined],
    );
    other.close();
  });

  it('takes a secret for nothing but what it was made for', () => {
    const common = { name: 'ann', role: 'admin', agents: [], now, expiresAt: later } as const;
    for (const kind of TokenKind.options) {
      const { secret } = store.create({ ...common, kind, sessionUntil: later })!;
      for (const as of TokenKind.options)
        assert.equal(store.find(as, secret, now)?.kind, as === kind ? kind : undefined, `${kind} as ${as}`);
      assert.equal(store.redeem(secret, now)?.kind, kind === 'link' ? kind : undefined, kind);
    }
  });

  it('forgets links and sessions that have expired, and no token', () => {
    const common = { name: 'ann', role: 'viewer', agents: [], now, expiresAt: later } as const;
    for (const kind of TokenKind.options) store.create({ ...common, kind });
    const { token } = store.create({ ...common, kind: 'session', now: later })!;
    assert.deepEqual(
      store.list().map(({ id, kind }) => (id === token.id ? 'new' : kind)),
      ['new', 'token'],
    );
  });

  it('reads a file of the first version', () => {
    const old = new DatabaseSync(join(folder, 'old.sqlite'));
    old.exec(
      `CREATE TABLE tokens (id TEXT NOT NULL PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
        agents TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL, revoked_at TEXT) STRICT, WITHOUT ROWID;
      PRAGMA user_version = 1;`,
    );
    const secret = `perdure_0123456789ab_${'s'.repeat(43)}`;
    old
      .prepare('INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL)')
      .run(
        ...['0123456789ab', createHash('sha256').update(secret).digest(), 'ann', 'viewer', '[]'],
        ...[now.toISOString(), later.toISOString()],
      );
    old.close();
    const stores = [1, 2].map(() => openTokens(join(folder, 'old.sqlite'), (message) => new Error(message)));
    for (const one of stores) assert.equal(one.find('token', secret, now)?.kind, 'token');
    for (const one of stores) one.close();
  });

  it('says what is wrong with the file', () => {
    const broken = openTokens(join(folder), (message) => new Error(message));
    assert.throws(() => broken.list(), /the tokens .* can't be opened/);
  });
});
