import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { AgentLab, calls, finish } from '../support/agent-lab.ts';

const { UpdateWorkflowExecutionLifecycleStage: Stage } = proto.temporal.api.enums.v1;

const encrypted = { metadata: { encoding: Buffer.from('binary/encrypted') }, data: Buffer.from('secret') };
const notJson = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"text": ') };
const nested = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`),
};
const poison = { encrypted, 'not JSON': notJson, 'nested without end': nested };

describe('poison', function () {
  this.timeout(60_000);
  let lab: AgentLab;
  before(async () => {
    lab = await AgentLab.create();
  });
  after(() => lab.dispose());

  const execution = (workflowId: string) => ({ namespace: 'default', workflowExecution: { workflowId } });

  for (const [name, payload] of Object.entries(poison)) {
    it(`that is ${name} fails a start at once, with the reason`, async () => {
      const workflowId = `start-${name}`;
      const { workflowService } = lab.env.connection;
      await workflowService.startWorkflowExecution({
        ...{ namespace: 'default', workflowId, requestId: workflowId },
        ...{ workflowType: { name: 'persistentAgent' }, taskQueue: { name: 'lab' } },
        input: { payloads: [payload] },
      });
      const handle = lab.env.client.workflow.getHandle(workflowId);
      await assert.rejects(handle.result(), (error: Error) => {
        assert.match(String(error.cause), /could not be decoded/);
        return true;
      });
    });

    it(`that is ${name} is refused as a signal, an update and a query, and the agent goes on`, async () => {
      const agent = await lab.start('tools: { ask_human: auto, finish: auto }', [
        calls(['ask_human', { question: 'Well?' }]),
        finish(),
      ]);
      const { approvals } = await agent.until(({ status }) => status === 'waiting');
      const { workflowService } = lab.env.connection;
      const target = execution(agent.handle.workflowId);
      const input = { payloads: [payload] };
      await workflowService.signalWorkflowExecution({ ...target, signalName: 'message', input });
      const updated = await workflowService.updateWorkflowExecution({
        ...target,
        waitPolicy: { lifecycleStage: Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED },
        request: { meta: { updateId: 'u1' }, input: { name: 'message', args: input } },
      });
      assert.match(updated.outcome?.failure?.message ?? '', /could not be decoded/);
      const { namespace, workflowExecution } = target;
      const query = { queryType: 'transitions', queryArgs: input };
      await assert.rejects(
        workflowService.queryWorkflow({ namespace, execution: workflowExecution, query }),
        /could not be decoded/,
      );
      const logged = JSON.stringify(await agent.handle.query('transitions'));
      assert.match(logged, /message refused: the payload could not be decoded/);
      const decision = { approval: approvals[0]?.id, decision: 'respond', message: 'yes', by: 'ann' };
      await agent.send('decide', decision);
      await agent.handle.result();
    });
  }

  it('in a definition parks its agent, which says why and begins when it is mended', async () => {
    const file = join(lab.folder, 'broken.md');
    await writeFile(file, '---\nname: broken\nmodle: m\n---\nWork.\n');
    const { workflow } = lab.env.client;
    const options = { taskQueue: 'lab', args: [{ agent: 'broken' }] };
    const parked = await workflow.start('persistentAgent', { ...options, workflowId: 'parked' });
    const healthy = await lab.start('tools: { finish: auto }', [finish()]);
    await healthy.handle.result();
    const seen: { status: string; interruptions: { kind: string; summary: string }[] }[] = [];
    while (seen.at(-1)?.status !== 'waiting') seen.push(await parked.query('status'));
    const [why] = seen.at(-1)?.interruptions ?? [];
    assert.equal(why?.kind, 'definition');
    assert.match(why.summary, /broken\.md:\d+ .*modle/);
    await writeFile(
      file,
      '---\nname: broken\nmodel: agent-9\nlifetime: task\ntools: { finish: auto }\n---\nWork.\n',
    );
    await parked.executeUpdate('resume', { args: [{ by: 'ann' }] });
    for (let now = ''; now !== 'model_outage';) {
      const status: { interruptions: { kind: string }[] } = await parked.query('status');
      now = status.interruptions[0]?.kind ?? '';
    }
    await parked.executeUpdate('stop', { args: [{ by: 'ann' }] });
    assert.equal(((await parked.result()) as { status: string }).status, 'cancelled');
  });
});
