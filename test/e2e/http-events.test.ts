import assert from 'node:assert/strict';
import type { Admin } from '../support/admin.ts';
import { Caller, makeToken, startApi } from '../support/api.ts';
import { type Heard, readEvents, type Reading } from '../support/events.ts';
import {
  calls,
  finish,
  lastMessage,
  type ModelSwitch,
  type Step,
  switchOfModels,
} from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const wait: Step = calls(['wait_for_event', { name: 'delivery' }]);

/** One agent for each row; its model is called like it. */
const scripts: Readonly<Record<string, readonly Step[]>> = {
  followed: [wait, finish('heard')],
  'other-1': [wait],
  // Whoever of the many asks: waits, then ends with what it heard.
  many: Array<Step>(200).fill((request) =>
    request.body.messages.some(({ role }) => role === 'tool') ? finish(lastMessage(request)) : wait,
  ),
};

const definition = `model: unused
tools: { wait_for_event: auto, finish: auto }
---
Do as you are told.`;

describe('server-sent events', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let admin: Admin;
  let secret: string;
  let oz: Caller;

  before(async () => {
    const described = Object.entries(scripts).map(([name, script]) => [name, { script }] as const);
    models = await switchOfModels(Object.fromEntries(described));
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk: definition } });
    admin = await startApi(stage);
    secret = makeToken(stage.dataDir, 'vi', 'viewer');
    oz = new Caller(admin, makeToken(stage.dataDir, 'oz', 'operator'));
  });
  after(async () => {
    await admin.child.stop();
    await stage.dispose();
    await models.close();
  });

  const read = (path: string, lastId?: string, token = secret): Promise<Reading> =>
    readEvents(`${admin.url}/api/v1${path}`, token, lastId);

  function untilHeard({ heard }: Reading, what: (event: Heard) => boolean): Promise<void> {
    return until(
      'the event comes',
      () => heard.some(what),
      () => JSON.stringify(heard),
    );
  }

  async function start(id: string): Promise<void> {
    assert.equal((await oz.post('/agents', { agent: 'clerk', id, model: id })).status, 201);
    await stage.untilStatus(id, ({ status }) => status === 'waiting');
  }

  it('tells of an agent until its end, and of what was missed', async () => {
    await start('followed');
    const first = await read('/agents/followed/events');
    await untilHeard(first, ({ event, data }) => event === 'status' && data['status'] === 'waiting');
    const last = first.heard.at(-1)?.id;
    first.close();

    assert.equal((await oz.post('/agents/followed/pause', { reason: 'lunch' })).status, 200);
    assert.equal((await oz.post('/agents/followed/resume')).status, 200);
    const second = await read('/agents/followed/events', last);
    await untilHeard(second, ({ event }) => event === 'status');
    const missed = second.heard.filter(({ event }) => event === 'transition').map(({ data }) => data['to']);
    assert.ok(missed.includes('paused'), JSON.stringify(second.heard));

    assert.equal((await oz.post('/agents/followed/events', { name: 'delivery' })).status, 200);
    await until('the stream has ended', second.ended);
    assert.equal(second.heard.at(-1)?.event, 'end');
    const final = second.heard.filter(({ event }) => event === 'status').at(-1);
    assert.equal(final?.data['status'], 'completed');
    const ids = second.heard.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
    assert.deepEqual(
      ids,
      ids.toSorted((one, other) => one - other),
    );
    assert.equal((await read('/agents/followed/events', final.id)).status, 204);
  });

  it('tells of all agents that the token reaches, and of what was missed', async () => {
    const all = await read('/events');
    // Its end as well: the index of agents is a moment behind, and the next reading is to begin after that.
    await untilHeard(
      all,
      ({ event, data }) =>
        event === 'agent' && data['agent'] === 'followed' && data['status'] === 'completed',
    );
    assert.equal(all.heard[0]?.event, 'reset');
    const last = all.heard.at(-1)?.id;
    all.close();
    await start('other-1');
    const again = await read('/events', last);
    await untilHeard(again, ({ data }) => data['agent'] === 'other-1');
    assert.ok(again.heard.every(({ event, data }) => event === 'agent' && data['agent'] === 'other-1'));
    const unknown = await read('/events', 'elsewhere-1');
    await untilHeard(unknown, ({ event }) => event === 'reset');
    const scoped = await read('/events', undefined, makeToken(stage.dataDir, 'sue', 'viewer', ['other-']));
    await untilHeard(scoped, ({ data }) => data['agent'] === 'other-1');
    assert.ok(!JSON.stringify(scoped.heard).includes('followed'));
    for (const one of [again, unknown, scoped]) one.close();
  });

  it('tells what becomes of an agent although hundreds were started since', async () => {
    const all = await read('/events');
    await untilHeard(all, ({ data }) => data['agent'] === 'other-1');
    // Nobody works on these: they are there, and wait for a worker.
    const options = { taskQueue: 'nobody', args: [{ agent: 'clerk' }] };
    const startOne = (index: number) =>
      stage.client.workflow.start('persistentAgent', { ...options, workflowId: `newer-${index}` });
    for (let first = 0; first < 520; first += 65)
      await Promise.all(Array.from({ length: 65 }, (_, index) => startOne(first + index)));
    await untilHeard(all, ({ data }) => data['agent'] === 'newer-519');
    assert.equal((await oz.post('/agents/other-1/cancel')).status, 202);
    await untilHeard(all, ({ data }) => data['agent'] === 'other-1' && data['status'] === 'cancelled');
    all.close();
  });

  it('lets fifty that wait be woken by an event each, which is sent twice', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `many-${index}`);
    const send = (id: string) =>
      oz.post(`/agents/${id}/events`, { name: 'delivery', payload: id, id: `to-${id}` });
    for (let first = 0; first < ids.length; first += 10) {
      const some = ids.slice(first, first + 10);
      await Promise.all(some.map((id) => oz.post('/agents', { agent: 'clerk', id, model: 'many' })));
    }
    for (const id of ids) await stage.untilStatus(id, ({ status }) => status === 'waiting');
    await Promise.all(
      ids.map(async (id) => {
        const answers = [await send(id), await send(id)].map(({ status }) => status);
        assert.ok(answers[0] === 200 && [200, 409].includes(answers[1] ?? 0), answers.join());
        const outcome = await stage.gateway.result(id);
        assert.equal(outcome.status, 'completed');
        assert.ok(JSON.stringify(outcome).includes(`${id}\\"`), JSON.stringify(outcome));
      }),
    );
    assert.deepEqual(models.complaints('many'), []);
  });

  it('refuses too many streams, and strangers', async () => {
    assert.equal((await read('/agents/nobody/events')).status, 404);
    assert.equal((await read('/events', undefined, 'perdure_x')).status, 401);
    const token = makeToken(stage.dataDir, 'greedy', 'viewer');
    const many = await Promise.all(Array.from({ length: 21 }, () => read('/events', undefined, token)));
    assert.deepEqual(many.map(({ status }) => status).toSorted(), [...Array<number>(20).fill(200), 429]);
    for (const one of many) one.close();
  });

  it('ends them when it is told to stop, at once', async () => {
    const reading = await read('/events');
    admin.child.kill('SIGTERM');
    assert.equal((await admin.child.exited).code, 0);
    await until('the stream has ended', reading.ended);
  });
});
