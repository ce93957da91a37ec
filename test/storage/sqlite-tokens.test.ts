import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTokens, tokenFileName } from '../../src/storage/sqlite-tokens.ts';
import type { TokenStore } from '../../src/storage/tokens.ts';

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
    store.create({ name: 'ann', role: 'approver', agents: ['desk-'], now, expiresAt: later })!;

  it('finds a token by its secret, in another process too', () => {
    const { token, secret } = made();
    const other = openTokens(file, (message) => new Error(message));
    assert.deepEqual(other.find(secret, now), token);
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
    for (const other of others) assert.equal(store.find(other, now), undefined, other);
  });

  it('finds no token that has expired or was revoked; the first revocation counts', () => {
    const { token, secret } = made();
    assert.equal(store.find(secret, later), undefined);
    assert.deepEqual(store.revoke([token.id, 'unknown'], now), [token.id]);
    assert.deepEqual(store.revoke([token.id], later), [token.id]);
    assert.equal(store.find(secret, now), undefined);
    assert.equal(store.list()[0]?.revokedAt, now.toISOString());
  });

  it('says what is wrong with the file', () => {
    const broken = openTokens(join(folder), (message) => new Error(message));
    assert.throws(() => broken.list(), /the tokens .* can't be opened/);
  });
});
