import assert from 'node:assert/strict';
import { PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const definition = `model: unused
tools: { wait_for_event: auto, note: auto, finish: auto }
---
Wait.`;

describe('an agent whose last task was completed for nothing', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    const script = [
      calls(['wait_for_event', { name: 'go' }]),
      calls(['note', { text: 'gone' }]),
      finish('done'),
    ];
    models = await switchOfModels({ still: { script }, refusing: { script } });
    stage = await Stage.create({
      ...{ modelUrl: models.url, definitions: { clerk: definition } },
      // Its sweeps would be in the queue whose next task the test takes.
      env: { PERDURE_ARCHIVE: 'off' },
    });
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  /** Takes the task of an event, as a worker would that has forgotten what the agent does. */
  async function completeForNothing(id: string): Promise<void> {
    const { workflowService, options } = stage.client;
    const { namespace } = options;
    const identity = 'forgetful';
    const { taskQueue } = await stage.client.workflow.getHandle(id).describe();
    const { taskToken, workflowExecution } = await stage.client.withDeadline(Date.now() + 60_000, () =>
      workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue }, identity }),
    );
    assert.equal(workflowExecution?.workflowId, id);
    await workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, identity, commands: [] });
  }

  it('does not come of a refused message: its task keeps its place in the history', async () => {
    await stage.gateway.start({ agent: 'clerk', input: 'Go.', model: 'refusing' }, { id: 'refusing' });
    await stage.untilStatus('refusing', ({ status }) => status === 'waiting');
    const length = async () => (await stage.client.workflow.getHandle('refusing').describe()).historyLength;
    const before = await length();
    const decision = { approval: 'none', decision: 'approve', by: 'ann' };
    await assert.rejects(stage.gateway.send('refusing', 'decide', decision), /no approval none/);
    // Scheduled, started, completed; more if a worker did not get to it in time.
    assert.ok((await length()) >= before + 3);
    await stage.gateway.send('refusing', 'stop', { by: 'ann' });
  });

  it('is said to stand still, with the line that makes it go on', async () => {
    await stage.gateway.start({ agent: 'clerk', input: 'Go.', model: 'still' }, { id: 'still' });
    await stage.untilStatus('still', ({ status }) => status === 'waiting');
    assert.equal(await stage.gateway.trouble('still'), undefined);
    await stage.worker.stop();
    await stage.client.workflow.getHandle('still').signal('event', { name: 'go' });
    await completeForNothing('still');
    await stage.startWorker();
    const trouble = await stage.gateway.trouble('still');
    assert.equal(trouble?.kind, 'standing_still');
    const { stdout } = await cli.run(['why', 'still', '--address', stage.address]);
    assert.match(stdout, /standing_still/);
    const [line] = /temporal workflow reset .*$/m.exec(stdout) ?? assert.fail(stdout);
    assert.ok(line.endsWith(` --address ${stage.address}`), line);
    const reset = await cli.line(line);
    assert.equal(reset.code, 0, reset.stderr);
    await until('it has ended', async () => (await stage.gateway.status('still')).status === 'completed');
    assert.deepEqual(await stage.gateway.result('still'), { status: 'completed', result: 'done' });
    assert.equal(await stage.gateway.trouble('still'), undefined);
  });
});
