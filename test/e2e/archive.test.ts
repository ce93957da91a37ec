import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { archiveIn } from '../../src/client/archive-file.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { ListedAgent, Transcript } from '../../src/contracts/answers.ts';
import type { StatusDocument } from '../../src/contracts/status.ts';
import type { ArchiveStore } from '../../src/storage/archive.ts';
import { readRun } from '../../src/history/read-run.ts';
import type { ArchivedRun } from '../../src/contracts/archived-run.ts';
import { Caller, makeToken, startApi } from '../support/api.ts';
import { PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const looks = calls(['list_files', { path: '.' }]);
const desk = 'model: unused\ntools: { write_file: approve, list_files: auto, finish: auto }\n---\nWork.';
/** Enough for two runs, and reached after a few turns. */
const suggestAfterEvents = 60;

describe('the archive', function () {
  this.timeout(180_000);
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;
  let store: ArchiveStore;

  before(async () => {
    models = await switchOfModels({
      asking: { script: [calls(['write_file', { path: 'a.txt', content: 'x' }]), finish({ paid: 1 })] },
      long: { script: [...Array.from({ length: 24 }, () => looks), finish('long')] },
      killed: { script: [finish('killed')] },
      late: { script: [finish('late')] },
    });
    stage = await Stage.create({
      modelUrl: models.url,
      definitions: { desk },
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents },
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
  const archived = async (agent: string): Promise<ArchivedRun[]> => {
    const { namespace } = stage;
    const runs = await store.list({ namespace, agent, continued: true, limit: 100 });
    return runs.map(({ run }) => run);
  };
  const untilArchived = (agent: string, ended = 'completed'): Promise<void> =>
    until(
      `${agent} is archived`,
      async () => (await archived(agent)).some(({ status }) => status === ended),
      () => readFileSync(join(stage.folder, 'worker.log'), 'utf8').slice(-2_000),
    );
  const auditOf = (agent: string): string =>
    join(
      stage.dataDir,
      'audit',
      readdirSync(join(stage.dataDir, 'audit')).find(
        (name) => name.startsWith(`${agent}.`) && name.endsWith('.jsonl'),
      )!,
    );

  /** Deletes every run of an agent, as the end of its retention does. */
  async function forget(agent: string): Promise<void> {
    for await (const { runId } of stage.client.workflow.list({ query: `WorkflowId = '${agent}'` }))
      await stage.connection.workflowService.deleteWorkflowExecution({
        namespace: stage.namespace,
        workflowExecution: { workflowId: agent, runId },
      });
    await until(`Temporal has forgotten ${agent}`, async () => {
      try {
        await stage.client.workflow.getHandle(agent).describe();
        return false;
      } catch (error) {
        assert.ok(error instanceof WorkflowNotFoundError);
        const { count } = await stage.client.workflow.count(`WorkflowId = '${agent}'`);
        return count === 0;
      }
    });
  }

  it('has an agent that Temporal has forgotten, for all who ask', async () => {
    await start('asking', 'asking');
    const { approvals } = await stage.untilStatus('asking', (status) => status.approvals.length === 1);
    await stage.gateway.send('asking', 'decide', {
      approval: approvals[0]!.id,
      decision: 'approve',
      by: 'ann',
    });
    await stage.gateway.result('asking');
    await untilArchived('asking');
    const commands = [
      ['show', 'asking'],
      ['transcript', 'asking'],
      ['show', 'asking@1'],
    ] as const;
    const before = await Promise.all(commands.map((command) => cli.json(command)));
    const listed = (await cli.json(['list'])) as ListedAgent[];
    await forget('asking');

    assert.deepEqual(await Promise.all(commands.map((command) => cli.json(command))), before);
    assert.deepEqual(await cli.json(['list']), listed);
    assert.deepEqual(await cli.json(['list', '--status', 'waiting']), []);
    const { stderr } = await cli.run(['transcript', 'asking']);
    assert.match(stderr, /read from the archive/);
    const refused = await cli.run(['say', 'asking', 'hello', '--json']);
    assert.equal((JSON.parse(refused.stderr) as { error: { code: string } }).error.code, 'Closed');

    const admin = await startApi(stage);
    const reader = new Caller(admin, makeToken(stage.dataDir, 'vi', 'viewer'));
    const status = await reader.ask<StatusDocument>('GET', '/agents/asking');
    assert.deepEqual(
      [status.status, status.body.status, status.body.result],
      [200, 'completed', { paid: 1 }],
    );
    const transcript = await reader.ask<Transcript>('GET', '/agents/asking/transcript');
    assert.ok(transcript.body.entries.length > 3);
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
    assert.deepEqual(
      all,
      listed.map(({ agent }) => agent),
    );
    const audit = await admin.ask('GET', '/api/v1/agents/asking/audit', {
      headers: { authorization: `Bearer ${makeToken(stage.dataDir, 'wu', 'viewer')}` },
    });
    assert.deepEqual([audit.status, audit.text], [200, readFileSync(auditOf('asking'), 'utf8')]);
    await admin.child.stop();
  });

  it('has the runs of an agent that went on in others, and their audit in one file', async () => {
    await start('long', 'long');
    await stage.gateway.result('long');
    await untilArchived('long');
    await until('every run is archived', async () => {
      const runs = await archived('long');
      return runs.every(
        ({ previousRunId }) =>
          previousRunId === undefined || runs.some(({ runId }) => runId === previousRunId),
      );
    });
    const runs = await archived('long');
    assert.ok(runs.length > 1);
    const listed = (await cli.json(['archive', 'list', '--agent', 'long'])) as ArchivedRun[];
    assert.deepEqual(listed.map(({ runId }) => runId).toSorted(), runs.map(({ runId }) => runId).toSorted());
    // The agent's own record is the same with and without the workflow that archives it.
    const last = stage.client.workflow.getHandle(
      'long',
      runs.find(({ status }) => status === 'completed')?.runId,
    );
    const { events } = await last.fetchHistory();
    const { unread, record } = await readRun('long', events ?? [], loadDataConverter(dataConverter));
    assert.deepEqual([unread, record.state.status], [0, 'completed']);

    const transcript = await cli.json(['transcript', 'long']);
    await until(
      'the audit is whole',
      async () => (await cli.run(['audit', 'verify', auditOf('long'), '--against', 'long'])).code === 0,
    );
    await forget('long');
    assert.deepEqual(await cli.json(['transcript', 'long']), transcript);
    assert.equal((await cli.run(['audit', 'verify', auditOf('long'), '--against', 'long'])).code, 0);
    const out = join(stage.folder, 'long.jsonl');
    assert.equal((await cli.run(['audit', 'export', 'long', '--out', out])).code, 0);
    assert.equal(readFileSync(out, 'utf8'), readFileSync(auditOf('long'), 'utf8'));
    writeFileSync(out, readFileSync(out, 'utf8').replace('list_files', 'pay_invoice'));
    const verified = await cli.run(['audit', 'verify', out]);
    assert.equal(verified.code, 1);
    assert.match(verified.stdout, /long\.jsonl:\d+: was edited/);
    const again = await cli.run(['audit', 'export', 'long', '--out', out]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /does not go on as the history/);
  });

  it('gets a run once when the worker is killed between its end and that, and by hand what was never asked for', async () => {
    // A worker without an archive has the agent ask for nothing.
    await stage.killWorker();
    await stage.startWorker({ env: { PERDURE_ARCHIVE: 'off' } });
    await start('late', 'late');
    await stage.gateway.result('late');
    assert.equal(existsSync(join(stage.dataDir, 'archive.sqlite')), true);
    const children = `WorkflowType = 'archiveRun' AND WorkflowId STARTS_WITH 'archive.late.'`;
    assert.equal((await stage.client.workflow.count(children)).count, 0);
    await stage.killWorker();

    await stage.startWorker();
    await start('killed', 'killed');
    await stage.gateway.result('killed');
    await stage.killWorker();
    await stage.startWorker();
    await untilArchived('killed');
    assert.equal((await archived('killed')).length, 1);

    assert.deepEqual(await archived('late'), []);
    const synced = (await cli.json(['archive', 'sync'])) as { archived: number; failed: unknown[] };
    assert.deepEqual([synced.archived, synced.failed], [1, []]);
    assert.equal((await archived('late')).length, 1);
    assert.equal(((await cli.json(['archive', 'sync'])) as { archived: number }).archived, 0);
    const pruned = await cli.json(['archive', 'prune', '--keep', '1', '--yes']);
    assert.deepEqual((pruned as { agents: number }).agents, 3);
  });
});
