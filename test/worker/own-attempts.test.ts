import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DeadlySteps } from '../../src/worker/deadly-steps.ts';
import { OwnAttempts } from '../../src/worker/own-attempts.ts';

describe('what a worker writes down of its own steps', () => {
  let folder: string;
  let said: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-own-'));
    said = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };

  it('is not what a step needs to run, and is written again when that works', () => {
    const file = join(folder, 'workers', 'me.sqlite');
    writeFileSync(dirname(file), 'where the folder should be');
    const own = new OwnAttempts(file, 'a-server', new DeadlySteps(), log);
    const first = { token: Buffer.from('first'), agent: 'a', run: 'r' };
    own.begin(first);
    own.end(first.token);
    rmSync(dirname(file));
    own.begin({ token: Buffer.from('second'), agent: 'a', run: 'r' });
    assert.ok(existsSync(file));
    assert.equal(said.length, 2, 'it says once that it fails, and once that it works again');
    assert.match(said[0] ?? '', /can't be written down for a successor/);
    assert.match(said[1] ?? '', /again/);
    own.remove();
    assert.ok(!existsSync(file));
  });
});
