import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { AgentResult } from '../../src/contracts/result.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { MessageAgentInput, MessageSent } from '../../src/contracts/message-agent.ts';
import { AgentLab, calls, finish, type LabAgent } from '../support/agent-lab.ts';

const tools = 'tools: { wait_for_event: auto, finish: auto }';
const persistent = `lifetime: persistent\n${tools}`;
const noted = { text: 'Noted.' };
const waits = calls(['wait_for_event', { name: 'go' }]);
/** Two of them fit into what may wait to be read, and no third one. */
const large = (name: string) => ({ name, payload: 'x'.repeat(60_000) });

describe('a message to an agent', function () {
  this.timeout(60_000);
  let lab: AgentLab;
  /** That of the lab lets months pass while it waits for an end. */
  let client: Client;
  before(async () => {
    lab = await AgentLab.create();
    client = new Client({ connection: lab.env.connection, dataConverter });
  });
  after(() => lab.dispose());

  const deliver = (message: MessageAgentInput, id = randomUUID()) =>
    client.workflow.start('messageAgent', { taskQueue: 'lab', workflowId: id, args: [message] });
  const sent = async (message: MessageAgentInput): Promise<MessageSent> =>
    (await (await deliver(message)).result()) as MessageSent;

  const resultOf = async (id: string): Promise<unknown> => {
    const result = (await client.workflow.result(id)) as AgentResult;
    return result.status === 'completed' ? result.result : result;
  };

  async function refused(delivery: Promise<WorkflowHandle>, type: string, message: RegExp): Promise<void> {
    const error: unknown = await (await delivery).result().then(
      () => assert.fail('it was taken'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure);
    assert.equal(error.cause.type, type);
    assert.match(error.cause.message, message);
  }

  /** The last failure of the one attempt that waits for its next. */
  async function untilRefusedOnce(delivery: WorkflowHandle): Promise<string> {
    for (;;) {
      const { raw } = await delivery.describe();
      const [pending] = raw.pendingActivities ?? [];
      if (pending?.lastFailure?.message) return pending.lastFailure.message;
      await pause(50);
    }
  }

  /** An agent that waits in the middle of a model call, and is told to stop. */
  async function stopping(frontMatter: string): Promise<{ agent: LabAgent; letGo: () => void }> {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const agent = await lab.start(frontMatter, [() => gate.then(() => noted), waits, finish()]);
    await agent.until(({ status }) => status === 'thinking');
    await agent.send('stop', { by: 'anna' });
    return { agent, letGo };
  }

  it('is taken once, and what was said twice as well', async () => {
    const agent = await lab.start(persistent, [noted, noted, noted]);
    const message = { agent: agent.handle.workflowId, text: 'Hello', id: 'said-once' };
    const first = await sent(message);
    assert.deepEqual(first, { agent: agent.handle.workflowId, id: 'said-once', started: false });
    const { turn } = await agent.until((now) => now.queued.messages === 0 && now.status === 'waiting');
    assert.deepEqual(await sent(message), first);
    const after = await agent.status();
    assert.deepEqual([after.turn, after.queued.messages], [turn, 0]);
  });

  it('fails, with the reason, if the agent is being stopped', async () => {
    const { agent, letGo } = await stopping(persistent);
    await refused(
      deliver({ agent: agent.handle.workflowId, event: { name: 'go' } }),
      'Closed',
      /^agent \S+ has not taken it: the agent is being stopped by anna and reads no more$/,
    );
    letGo();
    await client.workflow.result(agent.handle.workflowId).catch(() => undefined);
  });

  it('waits for the end of one that is being stopped, if the next one is to be started', async () => {
    const { agent, letGo } = await stopping(tools);
    const id = agent.handle.workflowId;
    const delivery = await deliver({ agent: id, event: { name: 'go' }, id: 'go-1', start: { agent: id } });
    assert.match(await untilRefusedOnce(delivery), /is being stopped by anna/);
    letGo();
    assert.deepEqual(await delivery.result(), { agent: id, id: 'go-1', started: true });
    assert.equal(await resultOf(id), 'done');
  });

  it('fails if the agent has ended, or starts the next one', async () => {
    const agent = await lab.start(tools, [finish(), waits, finish('again')]);
    const id = agent.handle.workflowId;
    await resultOf(id);
    await refused(deliver({ agent: id, event: { name: 'go' } }), 'NotFound', /there is no agent/);
    assert.ok((await sent({ agent: id, event: { name: 'go' }, start: { agent: id } })).started);
    assert.equal(await resultOf(id), 'again');
  });

  it('waits while too much waits to be read, and is taken when there is room', async () => {
    const agent = await lab.start(persistent, [waits, noted, noted, noted]);
    await agent.until(({ status }) => status === 'waiting');
    for (const name of ['a', 'b']) await agent.send('event', large(name));
    const delivery = await deliver({ agent: agent.handle.workflowId, event: large('c') });
    assert.equal(
      await untilRefusedOnce(delivery),
      '2 events are waiting to be read already; send it again later',
    );
    await agent.send('event', { name: 'go' });
    assert.equal(((await delivery.result()) as MessageSent).started, false);
    await agent.until(({ queued, status }) => queued.events === 0 && status === 'waiting');
  });

  it('that is none an agent takes fails at once', async () => {
    const agent = await lab.start(persistent, [noted]);
    const event = { name: 'go', payload: 'x'.repeat(200_000) };
    await refused(deliver({ agent: agent.handle.workflowId, event }), 'Invalid', /put it into a file/);
  });
});
