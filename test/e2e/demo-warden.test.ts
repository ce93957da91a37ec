import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Outcome } from '../../src/contracts/state.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';
import { freePort, isFree } from '../../temporal/free-port.ts';
import { type DemoFolders, type DemoRun, startDemo, untilNothingRuns } from '../support/demo-process.ts';
import { PerdureCli } from '../support/cli.ts';
import { type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage, taskQueue, until } from '../support/stage.ts';
import { put } from '../tools/support.ts';
import { putRepository, type TestPackage } from '../tools/packages/repository.ts';

const root = join(import.meta.dirname, '../..');
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
    await untilNothingRuns(folders.dataDir);
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

/** Agents that nobody starts by hand, in a stack whose worker dies in the middle. */
describe('a dependency warden that a schedule begins', () => {
  const first = 'warden-by-schedule';
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    const script = Array<Step>(200).fill(({ body }) => ruleReply(body));
    models = await switchOfModels({ 'gpt-5.2': { script }, 'gpt-5-mini': { script } });
    stage = await Stage.create({ modelUrl: models.url });
    cli = await PerdureCli.create(stage.environment);
    for (const name of ['dependency-warden', 'package-checker'])
      await cp(join(root, `agents/${name}.md`), join(stage.agentsDir, `${name}.md`));
    put(stage.workspace, 'dependency-policy.yaml', policy);
    putRepository(stage.workspace, {
      steady: fine('1.0.0'),
      odd: { version: '1.0.0', license: 'L-2' },
      busy: { ...fine('1.0.0'), installed: { scripts: { postinstall: 'node x.js' } } },
    });
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  /** Agents that the schedule has begun, the first one first. */
  async function begun(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { workflowId, startTime } of stage.client.workflow.list({
      query: `WorkflowId STARTS_WITH '${first}' AND AgentDefinition = 'dependency-warden'`,
    }))
      ids.push(`${startTime.toISOString()} ${workflowId}`);
    return ids.toSorted().map((one) => one.split(' ')[1] ?? '');
  }

  async function untilBegun(count: number): Promise<string> {
    await until(`${count} are begun`, async () => (await begun()).length >= count);
    return (await begun())[count - 1] ?? assert.fail();
  }

  it('asks a person, who answers over the CLI, and goes on when its worker was killed; the next one asks nobody', async () => {
    const handle = await stage.client.schedule.create({
      scheduleId: 'warden',
      spec: { intervals: [{ every: '2s' }] },
      policies: { overlap: 'SKIP' },
      action: {
        ...{ type: 'startWorkflow', workflowType: 'persistentAgent', taskQueue, workflowId: first },
        args: [{ agent: 'dependency-warden', input: 'Look after the dependencies.' }],
      },
    });
    const one = await untilBegun(1);
    const { approvals } = await stage.untilStatus(one, ({ approvals: asked }) => asked.length === 2);
    await stage.killWorker();
    await stage.startWorker();
    for (const { id, tool } of approvals) {
      const said = tool === 'ask_human' ? 'accept' : 'blocked it by hand';
      const { code, stderr } = await cli.run(['respond', one, id, '-m', said, '--by', 'ann']);
      assert.equal(code, 0, stderr);
      // Between what is remembered and what is reported, too.
      await stage.killWorker();
      await stage.startWorker();
    }
    const outcome = await stage.gateway.result(one);
    assert.equal(outcome.status, 'completed', JSON.stringify(outcome));
    const report = await readFile(join(stage.workspace, 'reports/dependency-warden.md'), 'utf8');
    assert.match(report, /^\| odd \| 1\.0\.0 \| .*L-2.* \| accept, by ann/m);
    assert.match(report, /^\| busy \| 1\.0\.0 \| .*postinstall: node x\.js.* \| proposed, by ann/m);
    const two = await untilBegun(2);
    const { decided, remembered } = resultOf(await stage.gateway.result(two));
    await handle.delete();
    assert.deepEqual([decided, remembered], [[], 2]);
    const { entries } = await stage.gateway.transcript(two);
    assert.doesNotMatch(JSON.stringify(entries), /"name":"(ask_human|propose_change|delegate|remember)"/);
  });
});

function resultOf(outcome: Outcome): { decided: unknown[]; remembered: number } {
  if (outcome.status !== 'completed') assert.fail(JSON.stringify(outcome));
  return z
    .object({ decided: z.array(z.unknown()).default([]), remembered: z.number().default(0) })
    .parse(outcome.result);
}
