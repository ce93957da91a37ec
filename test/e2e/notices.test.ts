import assert from 'node:assert/strict';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { webhookNotifier } from '../../src/activities/webhook-notifier.ts';
import { readRun } from '../../src/history/read-run.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { AgentLab, calls, finish, type LabAgent } from '../support/agent-lab.ts';
import { until } from '../support/stage.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

const write = (path: string): [string, Record<string, unknown>] => ['write_file', { path, content: 'x' }];
const asks = 'tools: { write_file: approve, ask_human: auto, note: auto, finish: auto }';

/** More than the other agents here have, and soon reached by messages. */
const suggestAfterEvents = 150;

describe('notices', function () {
  this.timeout(480_000);
  let server: TestServer;
  let receiver: WebhookReceiver;
  let lab: AgentLab;

  before(async () => {
    receiver = await WebhookReceiver.start();
    const { url, secret } = receiver;
    // Its histories are those of a real server, and its time passes by itself while a notice is tried again.
    server = await startTestServer({
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents },
    });
    lab = await AgentLab.create(server, [], webhookNotifier({ url, secret, adminUrl: undefined }));
  });
  after(async () => {
    await lab.dispose();
    await receiver.stop();
    await server.stop();
  });

  const latest = (agent: LabAgent) => lab.env.client.workflow.getHandle(idOf(agent));
  const idOf = ({ handle }: LabAgent): string => handle.workflowId;

  /** What was sent of an agent; whatever comes twice has the same id. */
  function sentOf(agent: LabAgent): { id: string; type: string; about: unknown }[] {
    const all = receiver.received.map((one) => {
      const { type, data } = receiver.verified(one);
      const about = (data['approval'] as { id: string } | undefined)?.id ?? data['summary'];
      return { agent: data['agent'], id: String(one.headers['webhook-id']), type, about };
    });
    const own = all.filter((one) => one.agent === idOf(agent));
    return [...new Map(own.map(({ id, type, about }) => [id, { id, type, about }])).values()];
  }

  async function untilSent(agent: LabAgent, count: number): Promise<ReturnType<typeof sentOf>> {
    await until(`${count} notices are sent`, () => sentOf(agent).length >= count);
    return sentOf(agent);
  }

  it('tell of each approval and question once, while nobody waits for them', async () => {
    receiver.answer = (response) => response.writeHead(500).end();
    const agent = await lab.start(asks, [
      calls(write('a.txt'), write('b.txt'), ['ask_human', { question: 'Which one?' }]),
      finish(),
    ]);
    const { approvals } = await agent.until((status) => status.approvals.length === 3);
    for (const { id, subject } of approvals)
      await agent.send('decide', { approval: id, by: 'ann', ...answerTo(subject) });
    await agent.handle.result();
    // The agent has ended, and what people were to know is not lost.
    await until('each was tried', () => sentOf(agent).length === 3);
    receiver.answer = (response) => response.writeHead(204).end();
    receiver.received.length = 0;
    const sent = await untilSent(agent, 3);
    assert.deepEqual(sent.map(({ about }) => about).toSorted(), approvals.map(({ id }) => id).toSorted());
    assert.ok(sent.every(({ type }) => type === 'approval.opened'));
  });

  it('tell that an agent has failed, and of none that has done its work', async () => {
    const failed = await lab.start(
      'tools: { write_file: { mode: approve, deadline: { after: 1s, outcome: end } } }',
      [calls(write('c.txt'))],
    );
    await assert.rejects(failed.handle.result());
    const sent = await untilSent(failed, 2);
    assert.deepEqual(sent.map(({ type }) => type).toSorted(), ['agent.failed', 'approval.opened']);
    assert.match(String(sent.find(({ type }) => type === 'agent.failed')?.about), /^ApprovalExpired: /);
  });

  it('tell of an approval once, also when the agent goes on in another run', async () => {
    const agent = await lab.start(asks, [calls(write('d.txt')), finish(), finish()]);
    const before = await agent.handle.describe();
    await agent.until(({ approvals }) => approvals.length === 1);
    let count = 0;
    await until('the agent goes on in another run', async () => {
      count += 1;
      await agent.send('message', { text: `${count}`, by: 'ann' });
      return (await latest(agent).describe()).runId !== before.runId;
    });
    const { approvals } = await agent.until((status) => status.approvals.length === 1);
    await agent.send('decide', { approval: approvals[0]!.id, by: 'ann', decision: 'approve' });
    await agent.handle.result();
    assert.deepEqual(
      (await untilSent(agent, 1)).map(({ about }) => about),
      [approvals[0]!.id],
    );
    const second = await latest(agent).fetchHistory();
    assert.ok(!JSON.stringify(second).includes('notice_'), 'the second run has sent nothing');
  });

  it('are nothing to the agent: its history read without a worker gives what the worker says', async () => {
    const agent = await lab.start(asks, [calls(write('e.txt'), write('f.txt')), calls(write('g.txt'))]);
    const first = await agent.until(({ approvals }) => approvals.length === 2);
    await untilSent(agent, 2);
    for (const { id } of first.approvals)
      await agent.send('decide', { approval: id, by: 'ann', decision: 'approve' });
    await agent.until(({ turn, approvals }) => turn === 2 && approvals.length === 1);
    await untilSent(agent, 3);
    const { events } = await agent.handle.fetchHistory();
    const { record, unread } = await readRun(idOf(agent), events ?? [], loadDataConverter(dataConverter));
    assert.equal(unread, 0);
    assert.deepEqual(
      JSON.parse(JSON.stringify(statusDocument(record.state))),
      JSON.parse(JSON.stringify(await agent.status())),
    );
    await agent.send('stop', { by: 'ann' });
  });
});

function answerTo(subject: string): Record<string, unknown> {
  return subject === 'question' ? { decision: 'respond', message: 'b' } : { decision: 'approve' };
}
