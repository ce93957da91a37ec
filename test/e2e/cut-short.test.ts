import assert from 'node:assert/strict';
import { PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const definition = `model: unused
tools: { write_file: approve, finish: auto }
---
Write.`;

describe('an agent that Temporal ended', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    const script = [calls(['write_file', { path: 'a.txt', content: 'a' }]), finish('done')];
    models = await switchOfModels({ ended: { script }, late: { script } });
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk: definition } });
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  async function untilClosed(id: string): Promise<void> {
    const handle = stage.client.workflow.getHandle(id);
    await until(`${id} has closed`, async () => (await handle.describe()).status.name !== 'RUNNING');
  }

  async function hasFailed(id: string, type: string, message: RegExp): Promise<void> {
    for (const status of [
      await stage.gateway.status(id),
      await stage.gateway.statusAndPast(id),
      (await stage.gateway.past(id)).status,
    ]) {
      assert.equal(status.status, 'failed');
      assert.equal(status.failure?.type, type);
      assert.match(status.failure.message, message);
      assert.deepEqual([status.interruptions, status.approvals, status.calls], [[], [], []]);
    }
    assert.deepEqual((await stage.gateway.approvals(id)).approvals, []);
    assert.match((await cli.run(['why', id])).stdout, /is failed .*it waits for nobody/);
  }

  it('waits for nobody when it was terminated, with a worker and without one', async () => {
    await stage.gateway.start({ agent: 'clerk', input: 'Go.', model: 'ended' }, { id: 'ended' });
    const asking = await stage.untilStatus('ended', ({ approvals }) => approvals.length > 0);
    const approval = asking.approvals[0]?.id ?? '';
    await stage.client.workflow.getHandle('ended').terminate('enough');
    await hasFailed('ended', 'Terminated', /enough/);
    assert.equal((await stage.gateway.approval('ended', approval)).state, 'withdrawn');
    const { items } = await stage.gateway.timeline('ended', {
      kinds: ['turn', 'call', 'wait', 'approval', 'end'],
    });
    assert.deepEqual(
      items.filter(({ kind, endedAt }) => kind !== 'end' && endedAt === undefined),
      [],
    );
    const [question] = items.flatMap((item) => (item.kind === 'approval' ? [item.approval.status] : []));
    const ends = items.flatMap((item) => (item.kind === 'end' ? [item.outcome] : []));
    assert.deepEqual([question, ends.length], ['withdrawn', 1]);
    assert.match(JSON.stringify(ends), /failed.*Terminated.*enough/);
    const { approvals } = await stage.gateway.closedApprovals();
    assert.deepEqual(
      approvals.filter(({ agent }) => agent === 'ended').map((one) => one.approval.status),
      ['withdrawn'],
    );
    await stage.worker.stop();
    await hasFailed('ended', 'Terminated', /enough/);
    await stage.startWorker();
  });

  it('waits for nobody when its time was over', async () => {
    const start = { agent: 'clerk', input: 'Go.', model: 'late' };
    await stage.client.workflow.start('persistentAgent', {
      ...{ taskQueue: 'perdure', workflowId: 'late', args: [start], workflowExecutionTimeout: 4_000 },
    });
    await untilClosed('late');
    await hasFailed('late', 'TimedOut', /./);
  });

  it('can be looked at when its start was none', async () => {
    const refused: Readonly<Record<string, unknown>> = {
      nameless: { input: 'x' },
      large: { agent: 'clerk', input: 'ä'.repeat(70_000) },
      strange: 'not an object',
    };
    for (const [id, start] of Object.entries(refused)) {
      const given = { taskQueue: 'perdure', workflowId: id, args: [start] };
      await stage.client.workflow.start('persistentAgent', given);
      await untilClosed(id);
      await hasFailed(id, 'Invalid', /argument/);
      assert.deepEqual((await stage.gateway.transcript(id)).entries, []);
      const { items } = await stage.gateway.timeline(id);
      const ends = items.filter(({ kind }) => kind === 'end');
      assert.equal(ends.length, 1);
      assert.match(JSON.stringify(ends), /Invalid.*argument/);
      for (const command of ['transcript', 'show', 'audit'])
        assert.equal((await cli.run([command, id])).code, 0, `${command} ${id}`);
    }
    assert.equal((await stage.gateway.status('large')).definition.name, 'clerk');
  });
});
