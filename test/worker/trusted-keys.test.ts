import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminKeyIn } from '../../src/storage/admin-key.ts';
import { readEnvironment } from '../../src/worker/environment.ts';
import { trustedKeys } from '../../src/worker/trusted-keys.ts';

describe('the keys that a worker trusts', () => {
  const named = 'a'.repeat(64);
  let folder: string;
  let reported: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-keys-'));
    reported = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const trusted = (environment: Record<string, string> = {}): string[] =>
    trustedKeys(readEnvironment({ PERDURE_DATA_DIR: folder, ...environment }), (line) => reported.push(line));

  it('are those that are named and that of its data folder', () => {
    const { publicKey } = adminKeyIn(folder);
    assert.deepEqual(trusted(), [publicKey]);
    assert.deepEqual(trusted({ PERDURE_TRUSTED_KEYS: named }), [publicKey, named]);
    assert.deepEqual(reported, []);
  });

  it('are not missed in silence when that of its data folder can not be read', () => {
    writeFileSync(join(folder, 'admin-key.pem'), 'no key');
    assert.deepEqual(trusted(), []);
    assert.match(reported.join(), /^no admin server is trusted .*PERDURE_TRUSTED_KEYS$/);
    assert.deepEqual(trusted({ PERDURE_TRUSTED_KEYS: named }), [named]);
    assert.equal(reported.length, 1);
  });
});
