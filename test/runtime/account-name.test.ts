import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { accountName } from '../../src/runtime/account-name.ts';

const isRoot = process.getuid?.() === 0;

describe('who runs a process', () => {
  it('is told by the name of the account', () => {
    assert.equal(accountName(), userInfo().username);
  });

  it('is told by its number where there is no account', function () {
    // Only root may become another.
    if (!isRoot) this.skip();
    const module = new URL('../../src/runtime/account-name.ts', import.meta.url).href;
    const script = `process.setuid(54321); const { accountName } = await import(${JSON.stringify(module)}); console.log(accountName());`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script]);
    assert.equal(stdout.toString(), 'uid-54321\n', stderr.toString());
  });
});
