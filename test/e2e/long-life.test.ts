import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Gateway } from '../../src/client/gateway.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';
import { AgentLab, calls, finish, type LabAgent, type Step } from '../support/agent-lab.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { Hearing } from '../support/hearing.ts';

/** The full size is run by hand: `LONG_LIFE=full`. */
const size =
  process.env['LONG_LIFE'] === 'full'
    ? { turns: 2_000, messages: 5_000, runs: 21, suggestAfterEvents: 700, conversationTurns: 100 }
    : { turns: 120, messages: 300, runs: 4, suggestAfterEvents: 250, conversationTurns: 12 };
const senders = ['anna', 'bert', 'carl', 'dora', 'emil'];
/** Messages of one sender that an agent which reads none has room for; after them the last one comes again and again. */
const MAX_NEW = 900;
const FLOOD_PAUSE_MS = 10;
/** People are asked something this often. */
const TURNS_PER_QUESTION = 40;
const tools = '{ note: auto, list_files: auto, ask_human: auto, finish: auto }';

/** People who get no answer in time ask again; what they sent counts once all the same. */
async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof GatewayError) || !['NoWorker', 'Unreachable'].includes(error.type)) throw error;
      unanswered.push(error.message);
    }
  }
}
const unanswered: string[] = [];

describe('a long life', function () {
  this.timeout(process.env['LONG_LIFE'] === 'full' ? 1_200_000 : 480_000);
  let server: TestServer;
  let lab: AgentLab;
  let gateway: Gateway;
  before(async () => {
    server = await startTestServer({
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': size.suggestAfterEvents },
    });
    lab = await AgentLab.create(server);
    gateway = new Gateway(lab.env.client, { taskQueue: 'lab', answerTimeoutMs: 3_000 });
  });
  after(async () => {
    await lab.dispose();
    await server.stop();
  });

  const runsOf = async ({ handle: { workflowId } }: LabAgent): Promise<number> => {
    let count = 0;
    for await (const _ of lab.env.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) count += 1;
    return count;
  };

  /** Sends its share, half of it twice, never far ahead of the turns; odd senders use updates, the others signals. */
  const send = async (
    agent: LabAgent,
    sender: string,
    turn: () => number,
    isSent: () => void,
  ): Promise<void> => {
    const share = size.messages / senders.length;
    const isPatient = senders.indexOf(sender) % 2 === 1;
    for (let number = 0; number < share; number += 1) {
      while (number > (turn() * share) / size.turns + 20) await pause(5);
      const mark = `<${sender}:${number}>`;
      const message = { text: `Mind ${mark}`, by: sender, id: mark };
      for (let times = 0; times <= number % 2; times += 1)
        await (isPatient
          ? untilAnswered(() => gateway.send(agent.handle.workflowId, 'message', message))
          : agent.handle.signal('message', message));
      isSent();
    }
  };

  /** Answers every question that is open, each with words that stand nowhere else. */
  const answer = async (agent: LabAgent, isOver: () => boolean): Promise<string[]> => {
    const given: string[] = [];
    const { workflowId } = agent.handle;
    while (!isOver()) {
      await pause(20);
      const { approvals } = await untilAnswered(() => gateway.status(workflowId));
      for (const { id } of approvals) {
        const message = `answer to ${id}`;
        const decision = { approval: id, decision: 'respond', message, by: 'ann' };
        await untilAnswered(() => gateway.send(workflowId, 'decide', decision));
        if (!given.includes(message)) given.push(message);
      }
    }
    return given;
  };

  it('loses no message and no decision, hears none twice, and each sender in order', async () => {
    const hearing = new Hearing();
    const answers = new Set<string>();
    let turn = 0;
    let sent = 0;
    const think: Step = async (request) => {
      hearing.listen(request);
      // Many may have written after the answer, so that it is anywhere in what the model is told.
      for (const [found] of JSON.stringify(request.body.messages).matchAll(/answer to [\w-]+/g))
        answers.add(found);
      turn += 1;
      // Neither runs away from the other, however the machine shares out its time.
      const due = turn > size.turns ? size.messages : (turn * size.messages) / size.turns - 50;
      while (sent < due) await pause(5);
      if (turn > size.turns) return finish();
      if (turn % TURNS_PER_QUESTION === 0) return calls(['ask_human', { question: `Turn ${turn}?` }]);
      return calls(['note', { text: `turn ${turn}` }], ['list_files', { path: '.' }]);
    };
    const front = `contextWindow: 8000\nbudget: { turns: 100000 }\ntools: ${tools}`;
    const agent = await lab.start(
      front,
      Array.from({ length: size.turns * 3 }, () => think),
    );
    let isOver = false;
    const answering = answer(agent, () => isOver);
    await Promise.all(
      senders.map((sender) =>
        send(
          agent,
          sender,
          () => turn,
          () => (sent += 1),
        ),
      ),
    );
    const ended = agent.handle.result();
    // People may still be asked something before the end.
    await ended.finally(() => (isOver = true));
    const given = await answering.catch(() => undefined);
    const share = Array.from({ length: size.messages / senders.length }, (_, number) => number);
    for (const sender of senders) assert.deepEqual(hearing.heard.get(sender), share, sender);
    assert.deepEqual(hearing.complaints, []);
    assert.equal(hearing.count, size.messages);
    if (given) assert.deepEqual([...answers].toSorted(), given.toSorted());
    const runs = await runsOf(agent);
    assert.ok(runs >= size.runs, `only ${runs} runs`);
    console.log(
      `      ${turn} turns, ${runs} runs, ${hearing.count} messages heard, ${answers.size} answers, ${unanswered.length} requests sent again`,
    );
  });

  /** The server takes 10,000 signals a run; on a machine that is slow to begin the next run, a sender is told to wait. */
  async function signalOrWait(agent: LabAgent, message: object): Promise<void> {
    for (;;) {
      try {
        await agent.handle.signal('message', message);
        return;
      } catch (error) {
        const cause = error instanceof Error ? String(error.cause) : '';
        if (!cause.includes('limit for signal events')) throw error;
        await pause(50);
      }
    }
  }

  it('goes on to new runs in a flood that never ends, while it does nothing but receive', async () => {
    const hearing = new Hearing();
    const listen: Step = (request) => {
      hearing.listen(request);
      return { text: 'heard' };
    };
    const agent = await lab.start(
      `lifetime: persistent\ntools: ${tools}`,
      Array.from({ length: 1_000 }, () => listen),
    );
    await agent.send('pause', { by: 'ann' });
    let isEnough = false;
    const sent = await Promise.all([
      (async () => {
        while ((await runsOf(agent)) < 3) await pause(50);
        isEnough = true;
      })(),
      ...senders.map(async (sender) => {
        let number = 0;
        for (; !isEnough; number += 1) {
          const text = `<${sender}:${Math.min(number, MAX_NEW - 1)}>`;
          await signalOrWait(agent, { text, by: sender, id: text });
          // Far closer together than the agent's tasks; still closer, they would leave the worker, which runs in this process, no time.
          await pause(FLOOD_PAUSE_MS);
        }
        return Math.min(number, MAX_NEW);
      }),
    ]);
    assert.equal((await agent.status()).status, 'paused');
    await agent.send('resume', { by: 'ann' });
    await agent.until(({ status, queued }) => status === 'waiting' && queued.messages === 0);
    senders.forEach((sender, index) => {
      assert.equal(hearing.heard.get(sender)?.length, sent[index + 1], sender);
    });
    await agent.send('stop', { by: 'ann' });
    await agent.handle.result();
  });

  it('costs its conversation once: the history grows with what is said, not with what was said before', async () => {
    // 2,090 tokens of four characters each turn, so that a hundred turns make up 209,000.
    const words = 'The quick brown fox jumps over the lazy dog. '.repeat(186);
    let asked = 0;
    const say: Step = ({ body }) => {
      asked += JSON.stringify(body.messages).length;
      return { ...calls(['list_files', { path: '.' }]), text: words };
    };
    const steps = Array.from({ length: size.conversationTurns }, () => say);
    const agent = await lab.start(`budget: { turns: 1000 }\ntools: ${tools}`, [...steps, finish()]);
    await agent.handle.result();
    let bytes = 0;
    const { client } = lab.env;
    for await (const { runId } of client.workflow.list({
      query: `WorkflowId = '${agent.handle.workflowId}'`,
    })) {
      const run = await client.workflow.getHandle(agent.handle.workflowId, runId).describe();
      bytes += run.historySize ?? 0;
    }
    assert.ok(bytes > 0 && bytes < 20_000 * size.conversationTurns, `${bytes} bytes`);
    console.log(
      `      ${asked} characters asked in ${size.conversationTurns} calls, ${bytes} bytes of history`,
    );
  });
});
