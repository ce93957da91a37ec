import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Gateway } from '../../src/client/gateway.ts';
import { AgentLab, calls, finish, type Step } from '../support/agent-lab.ts';
import type { ModelRequest } from '../../src/simulator/model-server.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Small enough that an agent of a few dozen turns goes through several runs. */
const suggestAfterEvents = 150;

describe('continue-as-new', function () {
  this.timeout(480_000);
  let server: TestServer;
  let lab: AgentLab;
  before(async () => {
    server = await startTestServer({
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents },
    });
    lab = await AgentLab.create(server);
  });
  after(async () => {
    await lab.dispose();
    await server.stop();
  });

  const runs = async (workflowId: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { runId } of lab.env.client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
      ids.push(runId);
    return ids;
  };

  it('carries messages, ids, notes and keys over many runs while messages keep arriving', async () => {
    const turns = 120;
    const heard = new Set<string>();
    const listen = (request: ModelRequest): void => {
      for (const [, id] of JSON.stringify(request.body.messages).matchAll(/<(m\d+)>/g)) if (id) heard.add(id);
    };
    const script = Array.from({ length: turns }, (_, turn): Step => (request) => {
      listen(request);
      return calls(['note', { text: `turn ${turn}` }], ['list_files', { path: '.' }]);
    });
    let allSent = (): void => undefined;
    const sending = new Promise<void>((resolve) => (allSent = resolve));
    const last: Step = async (request) => {
      await sending;
      listen(request);
      return finish();
    };
    // Messages that came with the first try to finish must be read before the second.
    const agent = await lab.start('tools: { note: auto, list_files: auto, finish: auto }', [
      ...script,
      last,
      last,
    ]);
    const sent: string[] = [];
    for (let index = 0; agent.script.length > 2; index += 1) {
      const id = `m${index}`;
      const message = { text: `<${id}>`, by: 'anna', id };
      // Half come twice, as from a sender that got no answer.
      await agent.handle.signal('message', message);
      if (index % 2 === 0) await agent.handle.signal('message', message);
      sent.push(id);
      await pause(10);
    }
    allSent();
    await agent.handle.result();
    assert.deepEqual([...heard].sort(), [...sent].sort());
    const all = await runs(agent.handle.workflowId);
    assert.ok(all.length >= 3, `only ${all.length} runs`);
    const status = await agent.status();
    assert.ok(status.usage.turns > turns);
  });

  it('leaves a transcript of every turn as it was said, also of those that were condensed since', async () => {
    const texts = Array.from({ length: 60 }, (_, turn) => `${turn} `.padEnd(2_000, 'x'));
    const agent = await lab.start('contextWindow: 12000\ntools: { write_file: auto, finish: auto }', [
      ...texts.map((content) => calls(['write_file', { path: 'a.txt', content }])),
      finish(),
    ]);
    await agent.handle.result();
    const id = agent.handle.workflowId;
    assert.ok((await runs(id)).length >= 3);
    const gateway = new Gateway(lab.env.client, { taskQueue: 'lab' });
    assert.ok((await gateway.stateAt(id, texts.length)).digest.length > 0);
    const { entries } = await gateway.transcript(id);
    const turns = entries.flatMap(({ turn, message }) => (message.role === 'assistant' ? [turn] : []));
    assert.deepEqual(
      turns,
      Array.from({ length: texts.length + 1 }, (_, turn) => turn + 1),
    );
    const asked = entries.flatMap(({ message }) => (message.role === 'assistant' ? message.calls : []));
    assert.deepEqual(
      asked.slice(0, -1).map(({ args }) => args),
      texts.map((content) => ({ type: 'parsed', value: { path: 'a.txt', content } })),
    );
    const told = entries.filter(({ message }) => message.role === 'tool');
    assert.equal(told.length, asked.length);
    assert.doesNotMatch(JSON.stringify(entries), /Earlier turns were condensed/);
  });

  it('carries calls that wait for people; a decision made before and after reaches the right one', async () => {
    const agent = await lab.start('tools: { write_file: approve, ask_human: auto, finish: auto }', [
      calls(
        ['write_file', { path: 'a.txt', content: 'a' }],
        ['write_file', { path: 'b.txt', content: 'b' }],
        ['ask_human', { question: 'And?' }],
      ),
      finish(),
    ]);
    const { approvals } = await agent.until((status) => status.approvals.length === 3);
    const [first] = approvals.filter(({ tool }) => tool === 'write_file');
    assert.ok(first);
    const decide = { approval: first.id, decision: 'approve', by: 'anna' };
    await agent.send('decide', decide);
    // A flood that does nothing but fill the history, until the agent has moved to another run.
    for (let index = 0; (await runs(agent.handle.workflowId)).length < 2; index += 1) {
      await agent.handle.signal('event', { name: 'noise', id: `n${index}` });
    }
    const carried = await agent.status();
    assert.equal(carried.status, 'waiting');
    assert.equal(carried.approvals.length, 2);
    // A repeat is still recognised in the new run, and the others are still open there.
    await agent.send('decide', decide);
    for (const { id, allowedDecisions } of carried.approvals) {
      const decision = allowedDecisions.includes('approve') ? 'approve' : 'respond';
      await agent.send('decide', {
        approval: id,
        decision,
        by: 'bert',
        ...(decision === 'respond' ? { message: 'no' } : {}),
      });
    }
    await agent.handle.result();
    assert.deepEqual(agent.script, []);
  });
});
