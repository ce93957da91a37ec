import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { failures, type FailureType } from '../../src/contracts/failures.ts';
import { type Admin, type Answer, startAdmin } from '../support/admin.ts';
import { type CutLine, cutLineTo } from '../support/cut-line.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { sentTo } from '../support/sent-to.ts';
import { Stage, until } from '../support/stage.ts';
import { sendWebhook, type Sending } from '../support/webhook-sender.ts';

const secret = `whsec_${Buffer.from('a secret of the orders hook').toString('base64')}`;
const earlier = `whsec_${Buffer.from('the one before it').toString('base64')}`;
const strange = `whsec_${Buffer.from('known to somebody else').toString('base64')}`;

const noted: Step = { text: 'Noted.' };
/** Every agent of this definition waits for one order and then ends. */
const single: Step = ({ body }) =>
  body.messages.some(({ role }) => role === 'tool')
    ? finish('shipped')
    : calls(['wait_for_event', { name: 'order-placed' }]);

const hook = (agent: string, variable: string): string =>
  `{ event: order-placed, agent: ${agent}, secret: $${variable}, input: Look after orders. }`;

const definitions = {
  desk: `model: desk
lifetime: persistent
hooks:
  orders: ${hook('order-desk-main', 'ORDERS_SECRET')}
  closed: ${hook('order-desk-main', 'MISSING_SECRET')}
  garbled: ${hook('order-desk-main', 'GARBLED_SECRET')}
---
Look after orders.`,
  single: `model: single
tools: { wait_for_event: auto, finish: auto }
hooks:
  single: ${hook('single-main', 'ORDERS_SECRET')}
---
Ship one order.`,
};

describe('webhooks', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let line: CutLine;
  let admin: Admin;
  let another: Admin;

  before(async () => {
    models = await switchOfModels({
      desk: { script: Array.from({ length: 100 }, () => noted) },
      single: { script: Array.from({ length: 20 }, () => single) },
    });
    stage = await Stage.create({ modelUrl: models.url, definitions });
    line = await cutLineTo(stage.address);
    const env = {
      ...stage.environment,
      TEMPORAL_ADDRESS: line.address,
      PERDURE_AGENTS_DIR: stage.agentsDir,
      PERDURE_ADMIN_ALLOWED_HOSTS: 'hooks.example',
      ORDERS_SECRET: `${secret} ${earlier}`,
      GARBLED_SECRET: 'whsec_%%%',
    };
    admin = await startAdmin(env, join(stage.folder, 'admin.log'));
    another = await startAdmin(env, join(stage.folder, 'another.log'));
  });
  after(async () => {
    await Promise.all([admin.child.stop(), another.child.stop()]);
    await line.cut();
    await stage.dispose();
    await models.close();
  });

  const send = (to: string, sending: Sending = {}): Promise<Answer> =>
    sendWebhook(admin, to, secret, sending);
  const runsOf = async (agent: string): Promise<number> =>
    (await stage.client.workflow.count(`WorkflowId = '${agent}'`)).count;
  const eventsOf = (agent: string) => sentTo(stage, agent, 'event');

  it('become an event, once however often and by however many they are sent, and start their agent', async () => {
    const clients = Array.from({ length: 10 }, async (_, client) => {
      const to = client % 2 === 0 ? admin : another;
      const statuses: number[] = [];
      for (let times = 0; times < 10; times += 1)
        statuses.push((await sendWebhook(to, 'orders', secret, { id: 'msg_1' })).status);
      return statuses;
    });
    const statuses = (await Promise.all(clients)).flat().toSorted();
    assert.deepEqual(statuses, [...Array.from({ length: 99 }, () => 200), 202]);
    await until('the agent is there', async () => (await runsOf('order-desk-main')) === 1);
    await stage.untilStatus('order-desk-main', ({ turn, queued, status }) => {
      return turn >= 2 && queued.events + queued.messages === 0 && status === 'waiting';
    });
    assert.deepEqual(await eventsOf('order-desk-main'), [
      { name: 'order-placed', payload: { order: 'PO-17' }, by: 'webhook orders', id: 'orders/msg_1' },
    ]);
    const { input, requester } = await stage.gateway.status('order-desk-main');
    assert.deepEqual([input, requester], ['Look after orders.', 'webhook orders']);
    assert.equal(await runsOf('order-desk-main'), 1);
  });

  it('wake the agent that is there', async () => {
    const { turn } = await stage.gateway.status('order-desk-main');
    assert.equal((await send('orders', { id: 'msg_2', headers: { host: 'hooks.example' } })).status, 202);
    await stage.untilStatus('order-desk-main', (now) => now.turn > turn);
    assert.equal((await eventsOf('order-desk-main')).length, 2);
    assert.equal(await runsOf('order-desk-main'), 1);
  });

  it('start no second agent when they are repeated after the first has ended', async () => {
    assert.equal((await send('single', { id: 'order_1' })).status, 202);
    await until('the agent is there', async () => (await runsOf('single-main')) === 1);
    assert.deepEqual(await stage.gateway.result('single-main'), { status: 'completed', result: 'shipped' });
    assert.equal((await send('single', { id: 'order_1' })).status, 200);
    assert.equal(await runsOf('single-main'), 1);
    assert.equal((await send('single', { id: 'order_2' })).status, 202);
    await until('the next is there', async () => (await runsOf('single-main')) === 2);
  });

  it('are taken while no worker is there, and handled when one is', async () => {
    await stage.killWorker();
    assert.equal((await send('orders', { id: 'msg_3' })).status, 202);
    assert.equal((await send('orders', { id: 'msg_3' })).status, 200);
    await stage.startWorker();
    await until('the agent has it', async () => (await eventsOf('order-desk-main')).length === 3);
  });

  it('may be signed with the secret before this one', async () => {
    assert.equal((await sendWebhook(admin, 'orders', earlier, { id: 'msg_4' })).status, 202);
  });

  it('are to be sent again when Temporal is down, and are handled once', async () => {
    await line.cut();
    const down = await send('orders', { id: 'msg_5' });
    assertProblem(down, 'Unreachable');
    assert.match(down.headers['retry-after'] ?? '', /^\d+$/);
    assertProblem(await admin.ask('GET', '/readyz'), 'Unreachable');
    assert.equal((await admin.ask('GET', '/healthz')).status, 200);
    await line.mend();
    await until('it is taken', async () =>
      [200, 202].includes((await send('orders', { id: 'msg_5' })).status),
    );
    await until('it is ready', async () => (await admin.ask('GET', '/readyz')).status === 200);
    await until('the agent has it', async () =>
      (await eventsOf('order-desk-main')).some(({ id }) => id === 'orders/msg_5'),
    );
    const ids = (await eventsOf('order-desk-main')).map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
  });

  /** A problem document of the failure table, which gives nothing away. */
  function assertProblem({ status, headers, text }: Answer, code: FailureType): void {
    assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
    const problem = JSON.parse(text) as Record<string, unknown>;
    const { httpStatus } = failures[code];
    assert.deepEqual([problem['code'], status, problem['status']], [code, httpStatus, httpStatus], text);
    assert.equal(problem['type'], `urn:perdure:failure:${code}`);
    for (const hidden of [secret, secret.slice(6), '    at ', 'node_modules', 'ORDERS_SECRET'])
      assert.ok(!text.includes(hidden), text);
  }

  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  const refused: Readonly<Record<string, [() => Promise<Answer>, FailureType]>> = {
    'signed by somebody else': [() => sendWebhook(admin, 'orders', strange), 'Unauthenticated'],
    'with another body than the signed one': [
      () => admin.ask('POST', '/api/v1/hooks/orders', { body: '{}', headers: { 'webhook-id': 'x' } }),
      'Unauthenticated',
    ],
    'with a garbled signature': [
      () => send('orders', { headers: { 'webhook-signature': 'v1 v1, ,, v2,x' } }),
      'Unauthenticated',
    ],
    'with the id of another': [
      () => send('orders', { headers: { 'webhook-id': 'msg_9' } }),
      'Unauthenticated',
    ],
    'replayed late': [() => send('orders', { at: minutesAgo(6) }), 'Unauthenticated'],
    'from the future': [() => send('orders', { at: minutesAgo(-6) }), 'Unauthenticated'],
    'that are no JSON': [() => send('orders', { body: '{"order":' }), 'Invalid'],
    'that are empty': [() => send('orders', { body: '' }), 'Invalid'],
    'nested without end': [
      () => send('orders', { body: '['.repeat(30_000) + ']'.repeat(30_000) }),
      'Invalid',
    ],
    'that are too large': [() => send('orders', { body: JSON.stringify('x'.repeat(70_000)) }), 'TooLarge'],
    'with an id without end': [() => send('orders', { id: 'x'.repeat(200) }), 'Invalid'],
    'for another host': [() => send('orders', { headers: { host: 'evil.example' } }), 'Forbidden'],
    'for this address, by a name of everybody': [
      () => send('orders', { headers: { host: '0.0.0.0' } }),
      'Forbidden',
    ],
    'for a hook that nobody has': [() => send('nobody'), 'NotFound'],
    'for a hook with a path in its name': [() => send('..%2Fagents'), 'NotFound'],
    'for a hook whose name is no text': [() => send('%E0%A4%A'), 'Invalid'],
    'for a hook without a secret': [() => send('closed'), 'NotConfigured'],
    'for a hook whose secret is none': [() => send('garbled'), 'NotConfigured'],
    'by another method': [() => admin.ask('GET', '/api/v1/hooks/orders'), 'MethodNotAllowed'],
    'at another address': [() => admin.ask('POST', '/api/hooks/orders'), 'NotFound'],
    'that are compressed': [
      () =>
        admin.ask('POST', '/api/v1/hooks/orders', {
          body: gzipSync('{}'),
          headers: { 'content-encoding': 'gzip' },
        }),
      'Invalid',
    ],
  };

  for (const [what, [ask, code]] of Object.entries(refused)) {
    it(`are refused ${what}: ${code}`, async () => {
      const before = await stage.client.workflow.count(`WorkflowType = 'messageAgent'`);
      assertProblem(await ask(), code);
      const after = await stage.client.workflow.count(`WorkflowType = 'messageAgent'`);
      assert.equal(after.count, before.count);
    });
  }

  it('leave a line in the log for each hook that is not set up, and no secret', () => {
    const log = admin.log();
    assert.match(log, /hook closed takes nothing: MISSING_SECRET is not set/);
    assert.match(log, /hook garbled takes nothing: GARBLED_SECRET is no secret/);
    for (const hidden of [secret.slice(6), earlier.slice(6), '%%%']) assert.ok(!log.includes(hidden));
    assert.doesNotMatch(log, / failed"/);
  });
});
