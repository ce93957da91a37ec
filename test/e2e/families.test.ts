import assert from 'node:assert/strict';
import type { Timeline } from '../../src/contracts/timeline.ts';
import { setTimeout as pause } from 'node:timers/promises';
import type { ModelAnswer } from '../../src/simulator/model-answer.ts';
import { createModelServer, type ModelServer } from '../../src/simulator/model-server.ts';
import { readAgentRun } from '../../src/client/agent-history.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { PerdureCli } from '../support/cli.ts';
import { Stage, until } from '../support/stage.ts';

/** What an agent of these tests is asked for: so many agents below it, who have this to do; or nothing but to sleep. */
interface Goal {
  readonly agents?: number;
  readonly then?: Goal;
  readonly sleep?: string;
  readonly wait?: boolean;
}

const levels = ['top', 'middle', 'leaf'];
const tools = 'tools: { delegate: auto, sleep_until: auto, finish: auto }';
const definitions = Object.fromEntries(
  levels.map((name) => [name, `model: ${name}\n${tools}\nbudget: { turns: 400 }\n---\nDo it.`]),
);

/** A model that decides from the conversation alone, so that it may be asked again at any time. */
function answer(model: string, messages: readonly { role: string; content?: unknown }[]): ModelAnswer {
  const texts = messages.map(({ content }) => (typeof content === 'string' ? content : ''));
  const goal = JSON.parse(texts[1] ?? '{}') as Goal;
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content));
  if (results.length === 0 && goal.sleep !== undefined)
    return { toolCalls: [{ name: 'sleep_until', arguments: { after: goal.sleep } }] };
  if (results.length === 0 && goal.agents !== undefined) {
    const agent = levels[levels.indexOf(model) + 1] ?? 'nobody';
    const input = JSON.stringify(goal.then ?? {});
    const one = {
      name: 'delegate',
      arguments: { agent, input, ...(goal.wait === false ? { wait: false } : {}) },
    };
    return { toolCalls: Array.from({ length: goal.agents }, () => one) };
  }
  const told = texts.filter((text) => text.includes('has ended'));
  if (goal.wait === false && told.length < (goal.agents ?? 0)) return { text: 'I wait.' };
  const counted = [...results, ...told].join(' ').matchAll(/"leaves":\s*(\d+)|\\"leaves\\":(\d+)/g);
  const leaves = [...counted].reduce((sum, [, plain, quoted]) => sum + Number(plain ?? quoted), 0);
  return {
    toolCalls: [
      { name: 'finish', arguments: { result: { leaves: goal.agents === undefined ? 1 : leaves } } },
    ],
  };
}

describe('agents that delegate', () => {
  let model: ModelServer;
  let stage: Stage;

  before(async () => {
    model = await createModelServer(({ body }) => Promise.resolve(answer(body.model, body.messages)));
    stage = await Stage.create({ modelUrl: model.url, definitions });
  });
  after(async () => {
    await stage.dispose();
    await model.close();
  });

  async function start(id: string, goal: Goal): Promise<void> {
    await stage.gateway.start({ agent: 'top', input: JSON.stringify(goal) }, { id });
  }

  /** Every agent of a tree, by the ids that come from those above. */
  async function family(root: string): Promise<{ id: string; open: boolean }[]> {
    const found: { id: string; open: boolean }[] = [];
    for await (const { workflowId, status } of stage.client.workflow.list())
      if (workflowId === root || workflowId.startsWith(`${root}.`))
        found.push({ id: workflowId, open: status.name === 'RUNNING' });
    return found;
  }

  const result = (id: string) => stage.gateway.result(id);

  it('three levels with forty agents are each started once, whoever is killed, and their budgets add up', async () => {
    await start('tree', { agents: 3, then: { agents: 12, then: {} } });
    const isOpen = async (): Promise<boolean> => (await stage.gateway.live('tree')).open;
    for (let kills = 0; kills < 4 && (await isOpen()); kills += 1) {
      await pause(300 + kills * 250);
      await stage.killWorker();
      if (kills === 2) await stage.restartServer();
      await stage.startWorker();
    }
    assert.deepEqual(await result('tree'), { status: 'completed', result: { leaves: 36 } });
    await until('all are listed as ended', async () => {
      const found = await family('tree');
      return found.length === 40 && found.every(({ open }) => !open);
    });
    const { usage, children = [] } = await stage.gateway.status('tree');
    const below = children.reduce((sum, child) => sum + (child.usage?.turns ?? 0), 0);
    // A leaf takes one turn; everybody else delegates in one and finishes in another.
    assert.deepEqual([usage.turns, below], [2 + 3 * 2 + 36, 3 * 2 + 36]);
  });

  it('are drawn as a tree by the command line', async () => {
    const cli = await PerdureCli.create(stage.environment);
    const { stdout, code } = await cli.run(['show', 'tree']);
    const whole = await cli.run(['timeline', 'tree', '--below', '--kind', 'agent,end']);
    const { items } = (await cli.json(['timeline', 'tree', '--below'])) as Timeline;
    await cli.dispose();
    assert.equal(whole.stdout.match(/^ {4}.*■ completed/gm)?.length, 36, whole.stdout);
    const ends = items.filter(({ kind }) => kind === 'end').map(({ below }) => below?.depth ?? 0);
    assert.deepEqual(
      [0, 1, 2].map((depth) => ends.filter((is) => is === depth).length),
      [1, 3, 36],
    );
    const models = items.filter((item) => item.kind === 'model' && item.below?.depth === 2);
    assert.ok(models.length >= 36 && models.every(({ endedAt }) => endedAt !== undefined));
    assert.equal(code, 0);
    assert.equal(stdout.match(/(middle|leaf)\) completed, \d+ turns, \$0\.00/g)?.length, 39);
    assert.match(stdout, /^ {4}[│ ] {2}└─ tree\.\S+ \(leaf\)/m);
  });

  it('are paused, resumed and stopped together, and nobody is left over', async () => {
    await start('company', { agents: 2, then: { agents: 2, then: { sleep: '30d' } } });
    const sleepers = async (status: string): Promise<number> =>
      (
        await Promise.all(
          (await family('company'))
            .filter(({ id, open }) => open && id.split('.').length === 3)
            .map(({ id }) => stage.gateway.status(id)),
        )
      ).filter((one) => one.status === status && one.turn === 1).length;
    await until('all sleep', async () => (await sleepers('waiting')) === 4);
    await stage.gateway.send('company', 'pause', { by: 'ann' });
    await until('all are paused', async () => (await sleepers('paused')) === 4);
    await stage.gateway.send('company', 'resume', { by: 'ann' });
    await until('all sleep again', async () => (await sleepers('waiting')) === 4);
    await stage.gateway.send('company', 'stop', { by: 'ann', reason: 'enough' });
    assert.equal((await result('company')).status, 'cancelled');
    await until('nobody is open', async () => {
      const found = await family('company');
      return found.length === 7 && found.every(({ open }) => !open);
    });
  });

  it('are told when those above are cancelled through Temporal', async () => {
    await start('gone', { agents: 2, then: { sleep: '30d' } });
    await until('both sleep', async () => (await family('gone')).length === 3);
    await stage.gateway.cancel('gone', 'no more');
    await until('nobody is open', async () => (await family('gone')).every(({ open }) => !open));
  });

  it('are told when those above are cancelled while they are being started', async () => {
    const handle = await stage.client.workflow.start('persistentAgent', {
      ...{ workflowId: 'early', taskQueue: 'perdure', workflowTaskTimeout: '1s' },
      args: [{ agent: 'top', input: JSON.stringify({ agents: 1, then: { sleep: '30d' } }) }],
    });
    const has = async (type: RegExp): Promise<boolean> =>
      type.test(JSON.stringify((await handle.fetchHistory()).events?.map((event) => Object.keys(event))));
    while (!(await has(/startChildWorkflowExecutionInitiated/)));
    // Whichever task the worker has now is lost, so that it hears of the child and of the cancellation at once.
    stage.worker.kill('SIGSTOP');
    await until('the child has begun', () => has(/childWorkflowExecutionStarted/));
    await handle.cancel();
    await until('its task is lost', () => has(/workflowTaskTimedOut/));
    stage.worker.kill('SIGCONT');
    await until('nobody is open', async () => (await family('early')).every(({ open }) => !open));
  });

  it('hear of a child that was terminated, and of one that they did not wait for', async () => {
    await start('hurt', { agents: 1, then: { sleep: '30d' } });
    await until('it sleeps', async () => (await family('hurt')).length === 2);
    const [child] = (await family('hurt')).filter(({ id }) => id !== 'hurt');
    await stage.client.workflow.getHandle(child?.id ?? '').terminate('by hand');
    assert.equal((await result('hurt')).status, 'completed');
    const { entries } = await stage.gateway.transcript('hurt');
    assert.match(JSON.stringify(entries), /ChildFailed.*terminated through Temporal/);
    await start('free', { agents: 3, then: {}, wait: false });
    assert.deepEqual(await result('free'), { status: 'completed', result: { leaves: 3 } });
  });

  it('are read from their histories as their workers tell it', async () => {
    for (const id of ['tree', 'company', 'hurt', 'free']) {
      const { record } = await readAgentRun(stage.access, id);
      assert.deepEqual(statusDocument(record.state), await stage.gateway.status(id));
    }
  });
});

describe('an agent that continues as new while others work for it', () => {
  let model: ModelServer;
  let stage: Stage;

  before(async () => {
    model = await createModelServer(({ body }) => Promise.resolve(answer(body.model, body.messages)));
    const dynamicConfig = { 'limit.historyCount.suggestContinueAsNew': 20 };
    stage = await Stage.create({ modelUrl: model.url, definitions, dynamicConfig });
  });
  after(async () => {
    await stage.dispose();
    await model.close();
  });

  it("loses none of them, and hears of each one's end", async () => {
    const goal = { agents: 2, then: { sleep: '30s' } };
    await stage.gateway.start({ agent: 'top', input: JSON.stringify(goal) }, { id: 'long' });
    await stage.untilStatus(
      'long',
      ({ children = [] }) => children.filter(({ status }) => status === 'open').length === 2,
    );
    const first = (await stage.gateway.live('long')).runId;
    // Words that nobody reads yet make the history grow.
    for (let sent = 0; (await stage.gateway.live('long')).runId === first; sent += 1)
      await stage.gateway.send('long', 'message', { text: `word ${sent}`, by: 'ann' });
    assert.equal((await stage.gateway.result('long')).status, 'completed');
    const { children = [] } = await stage.gateway.status('long');
    assert.deepEqual(
      children.map(({ status }) => status),
      ['completed', 'completed'],
    );
  });
});
