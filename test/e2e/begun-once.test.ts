import assert from 'node:assert/strict';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const desks = ['desk-1', 'desk-2', 'desk-3', 'desk-4'];
/** Two seconds with the server and without it. */
const firings = 5;

const definitions = {
  desk: 'model: desk\ntools: { note: auto, finish: auto }\n---\nWork.',
  archivist: 'model: archivist\ntools: { finish: auto }\nafter: { desk: { input: File it. } }\n---\nFile.',
  quick: 'model: quick\ntools: { finish: auto }\n---\nEnd at once.',
};

describe('agents that nobody starts by hand begin once', () => {
  let models: ModelSwitch;
  let stage: Stage;

  before(async () => {
    const many = (step: Step): Step[] => Array<Step>(100).fill(step);
    const work: Step = ({ body }) =>
      body.messages.some(({ role }) => role === 'tool')
        ? finish('worked')
        : calls(['note', { text: 'half' }]);
    models = await switchOfModels({
      desk: { script: many(work) },
      archivist: { script: many(finish('filed')) },
      quick: { script: many(finish()) },
    });
    stage = await Stage.create({ modelUrl: models.url, definitions });
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  /** The executions whose id begins so, each as often as there is one. */
  async function begun(prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { workflowId } of stage.client.workflow.list())
      if (workflowId.startsWith(prefix)) found.push(workflowId);
    return found;
  }

  it('after others, though the worker is killed while they end and while their followers are started', async () => {
    await Promise.all(desks.map((id) => stage.gateway.start({ agent: 'desk', input: 'Go.' }, { id })));
    await until('a desk is at work', async () => ((await stage.statusIfAnswered('desk-1'))?.turn ?? 0) >= 1);
    await stage.killWorker();
    await stage.startWorker();
    await until('a follower is there', async () => (await begun('archivist.after.')).length > 0);
    await stage.killWorker();
    await stage.startWorker();
    for (const id of desks) assert.equal((await stage.gateway.result(id)).status, 'completed');
    await until('each has a follower', async () => (await begun('archivist.after.')).length >= desks.length);
    const followers = await begun('archivist.after.');
    for (const id of followers)
      assert.deepEqual(await stage.gateway.result(id), { status: 'completed', result: 'filed' });
    assert.equal((await begun('archivist.after.')).length, desks.length);
    for (const id of desks)
      assert.equal(
        followers.filter((follower) => follower.startsWith(`archivist.after.${id}-`)).length,
        1,
        id,
      );
  });

  it('on schedule, though the server is killed while it fires', async () => {
    const { schedules } = stage.gateway;
    await schedules.create({
      ...{ id: 'firing', action: { kind: 'start', start: { agent: 'quick', input: 'Go.' } } },
      ...{ timing: { every: '1s', overlap: 'allow-all' }, remainingActions: firings },
    });
    await until('it fires', async () => (await begun('firing-')).length > 0);
    await stage.restartServer();
    let seen: unknown;
    await until(
      'it has fired for the last time',
      async () => {
        seen = await schedules.describe('firing').catch(String);
        return (await begun('firing-').catch(() => [])).length >= firings;
      },
      () => JSON.stringify(seen),
    );
    const ids = await begun('firing-');
    assert.deepEqual([ids.length, new Set(ids).size], [firings, firings]);
    for (const id of ids)
      assert.deepEqual(await stage.gateway.result(id), { status: 'completed', result: 'done' });
    assert.equal((await begun('firing-')).length, firings);
    await schedules.delete('firing');
  });
});
