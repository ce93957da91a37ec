import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createModelServer, type ModelRequest, type ModelServer } from '../../src/simulator/model-server.ts';
import { calls, finish } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';
import { stepsOf } from '../support/steps.ts';
import { restartDatabase } from '../support/test-server.ts';

const agents = Array.from({ length: 12 }, (_, index) => `agent-${index + 1}`);
const turns = 30;
/** For what lasts some twenty seconds. */
const manyTurns = 120;
const kills = 5;
const betweenKillsMs = 3_000;
/** So slow a model that every kill finds all the agents in the middle of their work. */
const thinkMs = 200;

const clerk =
  'model: unused\ntools: { write_file: auto, note: auto, finish: auto }\n---\nDo as you are told.';

describe('agents on a cluster', () => {
  let model: ModelServer;
  let stage: Stage;
  let mayFinish: boolean;
  let planned: number;
  const heard = new Map<string, string>();

  /** What comes next follows from the conversation alone, so a call that is made again gets the same answer. */
  async function reply({ body }: ModelRequest) {
    await pause(thinkMs);
    const turn = body.messages.filter(({ role }) => role === 'assistant').length;
    heard.set(body.model, JSON.stringify(body.messages));
    if (turn < planned) return calls(['write_file', { path: `${body.model}/${turn}.txt`, content: 'x' }]);
    return mayFinish ? finish(turn) : calls(['note', { text: `still there in turn ${turn}` }]);
  }

  beforeEach(async () => {
    heard.clear();
    mayFinish = false;
    planned = turns;
    model = await createModelServer(reply);
    stage = await Stage.create({ modelUrl: model.url, definitions: { clerk } });
  });
  afterEach(async () => {
    await stage.dispose();
    await model.close();
  });

  /** Sends numbered messages, each again and again until it is taken, as a sender does that must not lose one. */
  async function talkTo(agent: string, sent: string[], isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const id = `m${sent.length}`;
      const taken = await stage.gateway.send(agent, 'message', { text: `<${id}>`, by: 'anna', id }).then(
        () => true,
        () => false,
      );
      if (taken) sent.push(id);
      await pause(thinkMs);
    }
  }

  const written = async (): Promise<number> =>
    (await readdir(stage.workspace, { recursive: true })).filter((path) => path.endsWith('.txt')).length;

  /** Disturbs the agents in the middle of their work, and then looks whether anything was lost or done twice. */
  async function survives(disturb: () => Promise<void>): Promise<void> {
    for (const id of agents)
      await stage.gateway.start({ agent: 'clerk', input: 'Go.', model: id }, { id: `${id}-run` });
    const [first = ''] = agents;
    const sent: string[] = [];
    let isOver = false;
    const talking = talkTo(`${first}-run`, sent, () => isOver);
    try {
      await until('they are at work', async () => (await written()) > agents.length * 5);
      await disturb();
      const before = await written();
      assert.ok(before < agents.length * planned, 'the fault came when all was done');
      await until('they go on', async () => (await written()) > before + agents.length);
    } finally {
      isOver = true;
      await talking;
    }
    mayFinish = true;
    for (const id of agents) {
      const outcome = await stage.gateway.result(`${id}-run`);
      assert.equal(outcome.status, 'completed', JSON.stringify(outcome));
      const steps = (await stepsOf(stage.client, `${id}-run`)).filter(({ step }) =>
        step.startsWith('runTool'),
      );
      assert.ok(steps.length >= planned, `${steps.length} tool calls of ${id}`);
      assert.deepEqual(
        steps.filter(({ completed }) => completed !== 1),
        [],
      );
    }
    assert.equal(await written(), agents.length * planned);
    assert.ok(sent.length > 0);
    const story = heard.get(first) ?? '';
    for (const id of sent) assert.equal(story.split(`<${id}>`).length - 1, 1, `message ${id}`);
  }

  it('lose nothing and do nothing twice when the database is killed and comes back', () =>
    survives(restartDatabase));

  it('lose nothing and do nothing twice when the database is killed every few seconds', () => {
    planned = manyTurns;
    return survives(async () => {
      for (let kill = 1; kill <= kills; kill += 1) {
        if (kill > 1) await pause(betweenKillsMs);
        await restartDatabase();
      }
    });
  });

  it('lose nothing and do nothing twice when the server is killed and comes back', () =>
    survives(() => stage.restartServer()));

  it('lose nothing and do nothing twice when their worker is killed and another one comes', () =>
    survives(async () => {
      await stage.killWorker();
      await stage.startWorker();
    }));

  it('lose nothing and do nothing twice when all three are killed one after the other', () =>
    survives(async () => {
      await stage.killWorker();
      await restartDatabase();
      await stage.restartServer();
      await stage.startWorker();
    }));
});
