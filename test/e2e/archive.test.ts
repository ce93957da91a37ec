import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ScheduleNotFoundError } from '@temporalio/client';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { archiveIn } from '../../src/client/archive-file.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { ListedAgent, Transcript } from '../../src/contracts/answers.ts';
import type { StatusDocument } from '../../src/contracts/status.ts';
import type { Timeline } from '../../src/contracts/timeline.ts';
import type { ArchiveStore } from '../../src/storage/archive.ts';
import { readRun } from '../../src/history/read-run.ts';
import type { ArchivedRun } from '../../src/contracts/archived-run.ts';
import { Caller, makeToken, startApi } from '../support/api.ts';
import type { Finding } from '../../src/client/doctor/finding.ts';
import { PerdureCli } from '../support/cli.ts';
import { auditFileOf, forget } from '../support/archived.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, taskQueue, until } from '../support/stage.ts';

const looks = calls(['list_files', { path: '.' }]);
const desk = 'model: unused\ntools: { write_file: approve, list_files: auto, finish: auto }\n---\nWork.';
/** Enough for two runs, and reached after a few turns. */
const suggestAfterEvents = 60;

const scheduleId = `${taskQueue}-archive`;
const cutOff = ['cut-1', 'cut-2', 'cut-3'] as const;

describe('the archive', function () {
  this.timeout(480_000);
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;
  let store: ArchiveStore;

  before(async () => {
    const asking = { script: [calls(['write_file', { path: 'a.txt', content: 'x' }]), finish({ paid: 1 })] };
    models = await switchOfModels({
      asking,
      long: { script: [...Array.from({ length: 24 }, () => looks), finish('long')] },
      brief: { script: Array.from({ length: 10 }, () => finish('brief')) },
      waiting: { script: Array.from({ length: 8 }, () => asking.script[0]!) },
    });
    stage = await Stage.create({
      modelUrl: models.url,
      definitions: { desk },
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents },
      env: { PERDURE_ARCHIVE: 'off' },
    });
    store = archiveIn(stage.dataDir);
    cli = await PerdureCli.create({ ...stage.environment, PERDURE_DATA_DIR: stage.dataDir });
  });
  after(async () => {
    await store.close();
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  const start = (id: string, model: string) =>
    stage.gateway.start({ agent: 'desk', input: 'go', model, requester: 'oz' }, { id });
  const startArchiving = () => stage.startWorker({ env: { PERDURE_ARCHIVE: 'on' } });
  const archived = async (agent: string): Promise<ArchivedRun[]> => {
    const { namespace } = stage;
    const runs = await store.list({ namespace, agent, continued: true, limit: 100 });
    return runs.map(({ run }) => run);
  };
  const endings = async (agent: string) => (await archived(agent)).map(({ status }) => status).toSorted();

  /** Asks for sweeps until it holds: the schedule is made after the worker has begun, and the index may be behind. */
  async function sweepUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
    const handle = stage.client.schedule.getHandle(scheduleId);
    let asked = 0;
    await until(
      what,
      async () => {
        if (await holds()) return true;
        if (asked % 20 === 0)
          await handle.trigger('BUFFER_ONE').catch((error: unknown) => {
            if (!(error instanceof ScheduleNotFoundError)) throw error;
            asked -= 1;
          });
        asked += 1;
        return false;
      },
      () => readFileSync(join(stage.folder, 'worker.log'), 'utf8').slice(-2_000),
    );
  }
  const sweepUntilArchived = (agent: string, ended = 'completed'): Promise<void> =>
    sweepUntil(`${agent} is archived`, async () => (await endings(agent)).includes(ended as never));

  const auditOf = (agent: string): string => auditFileOf(stage, agent);
  it('is filled by hand alone where no worker has one, and nobody asks for more', async () => {
    await start('late', 'brief');
    await stage.gateway.result('late');
    await assert.rejects(stage.client.schedule.getHandle(scheduleId).describe(), ScheduleNotFoundError);
    assert.equal((await stage.client.workflow.count(`WorkflowType != 'persistentAgent'`)).count, 0);
    type Synced = { archived: number; failed: unknown[] };
    await until('the index has the run', async () => {
      const synced = (await cli.json(['archive', 'sync'])) as Synced;
      return synced.archived === 1 && synced.failed.length === 0;
    });
    assert.deepEqual(await endings('late'), ['completed']);
    assert.equal(((await cli.json(['archive', 'sync'])) as Synced).archived, 0);
  });

  it('loses and doubles nothing when the worker is killed in the middle of a sweep', async () => {
    await stage.killWorker();
    const worker = await startArchiving();
    const { namespace } = stage;
    await sweepUntil(
      'a sweep has ended',
      async () => (await store.sweeps.mark(namespace, taskQueue)) !== undefined,
    );
    const busy = new DatabaseSync(join(stage.dataDir, 'archive.sqlite'));
    busy.exec('BEGIN IMMEDIATE');
    await Promise.all(cutOff.map((id) => start(id, 'brief')));
    await Promise.all(cutOff.map((id) => stage.gateway.result(id)));
    // What was written of a run before it could be stored, when the worker dies.
    const audits = (): string[] =>
      readdirSync(stage.dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.startsWith('audit/cut-'),
      );
    await sweepUntil('a run is half archived', () => Promise.resolve(audits().length > 0));
    worker.kill('SIGKILL');
    await worker.exited;
    busy.exec('ROLLBACK');
    busy.close();
    assert.deepEqual((await Promise.all(cutOff.map(archived))).flat(), []);

    await startArchiving();
    for (const id of cutOff) {
      await sweepUntilArchived(id);
      assert.deepEqual(await endings(id), ['completed']);
      assert.equal((await cli.run(['audit', 'verify', auditOf(id), '--against', id])).code, 0);
      const ends = readFileSync(auditOf(id), 'utf8').match(/"what":"run.closed"/g);
      assert.equal(ends?.length, 1);
    }
  });

  it('has an agent that Temporal has forgotten, for all who ask', async () => {
    await start('asking', 'asking');
    const { approvals } = await stage.untilStatus('asking', (status) => status.approvals.length === 1);
    await stage.gateway.send('asking', 'decide', {
      approval: approvals[0]!.id,
      decision: 'approve',
      by: 'ann',
    });
    await stage.gateway.result('asking');
    await sweepUntilArchived('asking');
    const commands = [
      ['show', 'asking'],
      ['transcript', 'asking'],
      ['show', 'asking@1'],
      ['timeline', 'asking'],
    ] as const;
    const before = await Promise.all(commands.map((command) => cli.json(command)));
    const listed = (await cli.json(['list'])) as ListedAgent[];
    await forget(stage, 'asking');

    assert.deepEqual(await Promise.all(commands.map((command) => cli.json(command))), before);
    assert.deepEqual(new Set((await cli.json(['list'])) as ListedAgent[]), new Set(listed));
    assert.deepEqual(await cli.json(['list', '--status', 'waiting']), []);
    assert.match((await cli.run(['transcript', 'asking'])).stderr, /read from the archive/);
    const { stderr } = await cli.run(['say', 'asking', 'hello', '--json']);
    assert.equal((JSON.parse(stderr) as { error: { code: string } }).error.code, 'Closed');
    assert.match((await cli.run(['rewind', 'asking@1'])).stderr, /only the archive still has it/);

    const admin = await startApi(stage);
    const reader = new Caller(admin, makeToken(stage.dataDir, 'vi', 'viewer'));
    const status = await reader.ask<StatusDocument>('GET', '/agents/asking');
    assert.deepEqual(
      [status.status, status.body.status, status.body.result],
      [200, 'completed', { paid: 1 }],
    );
    const transcript = await reader.ask<Transcript>('GET', '/agents/asking/transcript');
    assert.ok(transcript.body.entries.length > 3);
    const timeline = await reader.ask<Timeline>('GET', '/agents/asking/timeline');
    assert.deepEqual(timeline.body.items, (before[3] as Timeline).items);
    const all: string[] = [];
    let path: string | undefined = '/agents?limit=1';
    for (let pages = 0; path !== undefined && pages < 10; pages += 1) {
      const { body }: { body: { agents: ListedAgent[]; nextCursor?: string } } = await reader.ask(
        'GET',
        path,
      );
      all.push(...body.agents.map(({ agent }) => agent));
      path = body.nextCursor && `/agents?limit=1&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
    assert.deepEqual(all.toSorted(), listed.map(({ agent }) => agent).toSorted());
    const audit = await admin.ask('GET', '/api/v1/agents/asking/audit', {
      headers: { authorization: `Bearer ${makeToken(stage.dataDir, 'wu', 'viewer')}` },
    });
    assert.deepEqual([audit.status, audit.text], [200, readFileSync(auditOf('asking'), 'utf8')]);
    await admin.child.stop();
  });

  it('has what a fork of such an agent needs, and says so where nobody has it', async () => {
    const { agent } = (await cli.json(['fork', 'asking@1'])) as { agent: string };
    assert.deepEqual(await stage.gateway.result(agent), { status: 'completed', result: { paid: 1 } });
    const lost = await stage.client.workflow.start('persistentAgent', {
      ...{ workflowId: 'lost', taskQueue, args: [{ agent: 'desk', fork: { agent: 'nobody', turn: 1 } }] },
    });
    const outcome = await stage.gateway.result(lost.workflowId);
    assert.ok(outcome.status === 'failed' && outcome.failure.type === 'NotFound');
    assert.match(outcome.failure.message, /the archive of the worker does not have it/);
  });

  it('has the runs of an agent that went on in others, and their audit in one file', async () => {
    await start('long', 'long');
    await stage.gateway.result('long');
    await sweepUntilArchived('long');
    const runs = await archived('long');
    assert.ok(runs.length > 1);
    for (const { previousRunId } of runs)
      assert.ok(previousRunId === undefined || runs.some(({ runId }) => runId === previousRunId));
    const listed = (await cli.json(['archive', 'list', '--agent', 'long'])) as ArchivedRun[];
    assert.deepEqual(listed.map(({ runId }) => runId).toSorted(), runs.map(({ runId }) => runId).toSorted());
    const last = runs.find(({ status }) => status === 'completed')?.runId;
    const { events } = await stage.client.workflow.getHandle('long', last).fetchHistory();
    const { unread, record } = await readRun('long', events ?? [], loadDataConverter(dataConverter));
    assert.deepEqual([unread, record.state.status], [0, 'completed']);
    assert.ok(!(events ?? []).some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes));

    const transcript = await cli.json(['transcript', 'long']);
    const timeline = await cli.json(['timeline', 'long']);
    assert.equal((await cli.run(['audit', 'verify', auditOf('long'), '--against', 'long'])).code, 0);
    await forget(stage, 'long');
    assert.deepEqual(await cli.json(['transcript', 'long']), transcript);
    assert.deepEqual(await cli.json(['timeline', 'long']), timeline);
    assert.equal((await cli.run(['audit', 'verify', auditOf('long'), '--against', 'long'])).code, 0);
    const out = join(stage.folder, 'long.jsonl');
    assert.equal((await cli.run(['audit', 'long', '--out', out])).code, 0);
    assert.equal(readFileSync(out, 'utf8'), readFileSync(auditOf('long'), 'utf8'));
    writeFileSync(out, readFileSync(out, 'utf8').replace('list_files', 'pay_invoice'));
    const verified = await cli.run(['audit', 'verify', out]);
    assert.equal(verified.code, 1);
    assert.match(verified.stdout, /long\.jsonl:\d+: was edited/);
    const again = await cli.run(['audit', 'export', 'long', '--out', out]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /does not go on as the history/);
  });

  it('gets, with nobody asking, what was terminated, reset, cancelled or timed out', async () => {
    const isAsking = ({ approvals }: StatusDocument): boolean => approvals.length === 1;
    const ids = ['ended', 'again', 'called-off'];
    await Promise.all(ids.map((id) => start(id, 'waiting')));
    await stage.client.workflow.start('persistentAgent', {
      ...{ workflowId: 'too-late', taskQueue, workflowRunTimeout: '1s' },
      args: [{ agent: 'desk', input: 'go', model: 'waiting' }],
    });
    for (const id of ids) await stage.untilStatus(id, isAsking);
    await stage.client.workflow.getHandle('ended').terminate('enough');
    await stage.client.workflow.getHandle('called-off').cancel();
    const { events } = await stage.client.workflow.getHandle('again').fetchHistory();
    const task = events?.find((event) => event.workflowTaskCompletedEventAttributes);
    assert.ok(task?.eventId);
    await stage.connection.workflowService.resetWorkflowExecution({
      ...{ namespace: stage.namespace, workflowExecution: { workflowId: 'again' } },
      ...{ workflowTaskFinishEventId: task.eventId, requestId: 'reset-once', reason: 'try again' },
    });
    await sweepUntilArchived('again', 'terminated');
    assert.deepEqual(await endings('again'), ['terminated']);
    await stage.client.workflow.getHandle('again').terminate('enough');
    await sweepUntilArchived('ended', 'terminated');
    await sweepUntilArchived('called-off', 'cancelled');
    await sweepUntilArchived('too-late', 'timed_out');
    await sweepUntil('both runs are there', async () => (await endings('again')).length === 2);
    assert.match(readFileSync(auditOf('ended'), 'utf8'), /"what":"run.closed".*enough/);
  });

  it('has what can be stored although one audit is broken, says so, and goes on with it when it is mended', async () => {
    await stage.killWorker();
    await stage.startWorker();
    await Promise.all(['broken', 'sound'].map((id) => start(id, 'brief')));
    await Promise.all(['broken', 'sound'].map((id) => stage.gateway.result(id)));
    const { runId } = await stage.client.workflow.getHandle('broken').describe();
    const file = join(stage.dataDir, 'audit', `broken.${runId.slice(-12)}.jsonl`);
    appendFileSync(file, '{"seq":1,"what":"a line of nobody"}\n');
    await startArchiving();
    await sweepUntilArchived('sound');
    await sweepUntilArchived('broken');
    const checks = async () => {
      const findings = JSON.parse((await cli.run(['doctor', '--json'])).stdout) as Finding[];
      return findings.find(({ name }) => name === 'archive');
    };
    const ill = await checks();
    assert.equal(ill?.level, 'warn');
    assert.match(ill.message, /1 run .*broken.*without its audit/);
    writeFileSync(file, '');
    assert.deepEqual(((await cli.json(['archive', 'sync'])) as { failed: unknown[] }).failed, []);
    assert.equal((await cli.run(['audit', 'verify', file, '--against', 'broken'])).code, 0);
    assert.equal((await checks())?.level, 'ok');
    await stage.client.schedule.getHandle(scheduleId).pause('month end');
    assert.match((await checks())?.message ?? '', /paused.*month end/);
    const pruned = await cli.json(['archive', 'prune', '--keep', '1', '--yes']);
    assert.ok((pruned as { agents: number }).agents > 3);
  });
});
