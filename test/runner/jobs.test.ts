import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Jobs } from './jobs.ts';
import { groupsOf } from './groups.ts';

describe('jobs of the test run', () => {
  let folder: string;
  let jobs: Jobs;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-jobs-'));
    jobs = new Jobs(folder, folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const shell = (script: string): { command: string; args: string[] } => ({
    command: '/bin/sh',
    args: ['-c', script],
  });

  it('give all that a program wrote, in its order, and how it ended', async () => {
    const ended = await jobs.run(shell('echo one; echo two >&2; echo three; exit 3'));
    assert.deepEqual(ended, { code: 3, output: 'one\ntwo\nthree\n' });
  });

  it('count a program that is killed or not there as failed', async () => {
    assert.equal((await jobs.run(shell('kill -KILL $$'))).code, 1);
    const missing = await jobs.run({ command: join(folder, 'nosuch'), args: [] });
    assert.equal(missing.code, 1);
    assert.match(missing.output, /ENOENT/);
  });

  it('run in the given order, so many at once and no more', async () => {
    const begun: number[] = [];
    let now = 0;
    let most = 0;
    await jobs.each([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      now += 1;
      most = Math.max(most, now);
      await nextTurn();
      now -= 1;
    });
    assert.deepEqual([begun, most], [[1, 2, 3, 4, 5], 2]);
  });

  it('end when they are told to, and no other begins', async () => {
    const codes: number[] = [];
    const all = jobs.each([1, 2, 3], 2, async () => {
      codes.push((await jobs.run(shell('exec sleep 600'))).code);
    });
    await jobs.stop();
    await all;
    assert.deepEqual(codes, [1, 1]);
  });
});

describe('groups of the test run', () => {
  const grouped = (...names: string[]) =>
    groupsOf(
      names.map((name) => join('test', `${name}.test.ts`)),
      1,
    );
  const namesIn = (groups: ReturnType<typeof groupsOf>) =>
    groups.map(({ files }) => files.map((file) => file.slice('test/'.length, -'.test.ts'.length)));

  it('hold every file once: the quick ones together, then each slow one, the longest first', () => {
    const groups = grouped('core/a', 'e2e/lying-model', 'e2e/killed', 'faults/new', 'core/b');
    assert.deepEqual(namesIn(groups), [
      ['core/a', 'core/b'],
      ['e2e/killed'],
      ['faults/new'],
      ['e2e/lying-model'],
    ]);
    assert.equal(groups[0]?.timeoutMs, 1);
  });

  it('have several slow files that are short, and one that is long by itself', () => {
    const groups = grouped('e2e/pause', 'faults/plan', 'e2e/killed', 'e2e/lying-model');
    assert.deepEqual(namesIn(groups), [[], ['e2e/killed'], ['e2e/pause', 'e2e/lying-model', 'faults/plan']]);
  });
});
