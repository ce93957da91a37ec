import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isFree } from '../../temporal/free-port.ts';
import { type DemoFolders, type DemoRun, processesOf, startDemo } from '../support/demo-process.ts';
import { put } from '../tools/support.ts';
import { putRepository, type TestPackage } from '../tools/packages/repository.ts';

const policy = 'licences: { allowed: [L-1] }\n';
const fine = (version: string): TestPackage => ({ version, license: 'L-1' });

/** Each test goes on where the one before ended, as a repository does from day to day. */
describe('the demo of the dependency warden', () => {
  let folder: string;
  let folders: DemoFolders;
  let run: DemoRun | undefined;
  let packages: Record<string, TestPackage> = {
    steady: fine('1.0.0'),
    newer: fine('1.0.0'),
    gone: fine('1.0.0'),
    odd: { version: '1.0.0', license: 'L-2' },
    busy: { ...fine('1.0.0'), installed: { scripts: { postinstall: 'node x.js' } } },
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-warden-'));
    folders = {
      dataDir: join(folder, 'data'),
      workspace: join(folder, 'repository'),
      port: await freePort(),
    };
    put(folders.workspace, 'dependency-policy.yaml', policy);
    putRepository(folders.workspace, packages);
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) console.log(run?.output());
    run?.child.kill('SIGKILL');
    await run?.ended;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What the run said, the packages that a person was asked about, and its report. */
  async function runToTheEnd(): Promise<{ output: string; asked: string[]; report: string }> {
    run = await startDemo(folders, 'demo-warden.ts');
    const code = await run.ended;
    const output = run.output();
    assert.equal(code, 0, output);
    assert.deepEqual(processesOf(folders.dataDir), []);
    assert.ok(await isFree(folders.port), 'the Temporal server still listens');
    const questions = [...output.matchAll(/^\? \S+ .*?(?:Package "|"package":")([^"]+)"/gm)];
    const asked = [...new Set(questions.map((match) => match[1] ?? ''))].sort();
    const report = await readFile(join(folders.workspace, 'reports/dependency-warden.md'), 'utf8');
    return { output, asked, report };
  }

  it('puts what the policy does not allow before a person, and ends', async () => {
    const { output, asked, report } = await runToTheEnd();
    assert.deepEqual(asked, ['busy', 'odd']);
    assert.match(output, /→ delegate agent=package-checker/);
    assert.match(report, /^\| odd \| 1\.0\.0 \| .*L-2.* \| watch, by demo/m);
    assert.match(report, /^\| busy \| 1\.0\.0 \| .*postinstall: node x\.js.* \| proposed, by demo/m);
    assert.match(report, /first look, at 5 packages/);
  });

  it('reports the next time only what changed, and asks only about what is new', async () => {
    const { gone: _gone, ...kept } = packages;
    packages = { ...kept, newer: fine('1.1.0'), fresh: { version: '0.1.0' } };
    await rm(join(folders.workspace, 'node_modules'), { recursive: true });
    putRepository(folders.workspace, packages);
    const { output, asked, report } = await runToTheEnd();
    assert.deepEqual(asked, ['fresh']);
    const changes = report.slice(report.indexOf('## What changed'), report.indexOf('## New findings'));
    const rows = changes.split('\n').filter((line) => /^\| [a-z]+ \| (added|removed|changed)/.test(line));
    assert.deepEqual(rows, [
      '| fresh | added |  | 0.1.0 |',
      '| gone | removed | 1.0.0 |  |',
      '| newer | changed | 1.0.0 | 1.1.0 |',
    ]);
    assert.match(report, /^\| odd \| .* \| watch \| demo \| \d{4}-.* \| dependency-warden-demo-/m);
    assert.match(output, /Remembered +2 decisions/);
  });

  it('asks nothing at all when nothing has changed', async () => {
    const { output, asked, report } = await runToTheEnd();
    assert.deepEqual(asked, []);
    assert.match(report, /No package has changed/);
    assert.ok(!report.includes('## New findings') && !report.includes('## What changed'), report);
    assert.match(output, /Remembered +3 decisions/);
    assert.doesNotMatch(output, /→ (delegate|ask_human|propose_change|remember) /);
  });
});
