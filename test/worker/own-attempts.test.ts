import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DEADLY_PAUSE_MS, DeadlySteps, stepName } from '../../src/worker/deadly-steps.ts';
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

  it('refuses a local step that workers died in, as of a tool that can not work now; later it is tried once more', async () => {
    let now = 0;
    const deadly = new DeadlySteps(() => now);
    const own = new OwnAttempts(join(folder, 'me.sqlite'), 'a-server', deadly, log);
    const args = [[{ key: 'k' }]];
    deadly.died(stepName('assessCalls', 'a', args), 2);
    const { context } = new MockActivityEnvironment({
      ...{ activityType: 'assessCalls', isLocal: true },
      workflowExecution: { workflowId: 'a', runId: 'r' },
    });
    const run = async (): Promise<unknown> =>
      own.interceptor(context).inbound?.execute?.({ args, headers: {} }, () => Promise.resolve('done'));
    for (const _again of [1, 2])
      await assert.rejects(run(), (error) => {
        assert.ok(error instanceof ApplicationFailure);
        assert.deepEqual([error.type, error.nonRetryable], ['ToolUnavailable', true]);
        return true;
      });
    now += DEADLY_PAUSE_MS;
    assert.equal(await run(), 'done');
    assert.equal(deadly.isRefused(stepName('assessCalls', 'a', args)), false);
    own.remove();
  });
});
