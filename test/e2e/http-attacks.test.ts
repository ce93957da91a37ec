import assert from 'node:assert/strict';
import { join } from 'node:path';
import { operations } from '../../src/client/admin/api/operations.ts';
import { permissions } from '../../src/client/admin/permissions.ts';
import { mayActAs, Role } from '../../src/contracts/role.ts';
import { startDevServer } from '../../temporal/dev-server.ts';
import { devNamespace } from '../../temporal/settings.ts';
import { type Admin, startAdmin } from '../support/admin.ts';
import { Caller, makeToken, type Reply, startApi } from '../support/api.ts';
import { type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage } from '../support/stage.ts';

const others = [
  { id: 'followAgents', method: 'get', path: '/events' },
  { id: 'followAgent', method: 'get', path: '/agents/:id/events' },
  { id: 'showAudit', method: 'get', path: '/agents/:id/audit' },
  { id: 'signOut', method: 'delete', path: '/session' },
] as const;

/** Every route, with ids that mean nothing. */
const routes = [...operations, ...others].map(({ id, method, path }) => ({
  needs: permissions[id],
  method: method.toUpperCase(),
  path: path
    .replace(':id', 'nobody')
    .replace(':approval', 't1-1-abcdef')
    .replace(':turn', '1')
    .replace(':call', '1.1'),
}));

describe('the HTTP API under attack', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let admin: Admin;
  let secret: string;
  let oz: Caller;

  before(async () => {
    models = await switchOfModels({});
    const clerk = 'model: unused\n---\nDo nothing.';
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk } });
    admin = await startApi(stage);
    secret = makeToken(stage.dataDir, 'oz', 'admin');
    oz = new Caller(admin, secret);
  });
  after(async () => {
    await admin.child.stop();
    await stage.dispose();
    await models.close();
  });

  /** A problem document that gives nothing away. */
  function assertProblem({ status, text, headers, body }: Reply, what: string): void {
    assert.ok(status >= 400 && status < 500, `${what}: ${status} ${text}`);
    assert.match(headers['content-type'] ?? '', /^application\/problem\+json/, what);
    assert.equal(body['status'], status, what);
    assert.ok(
      !text.includes(stage.folder) && !text.includes('node_modules') && !/\bat \S+ \(/.test(text),
      text,
    );
    assert.ok(!text.includes(secret.slice(21)), what);
  }

  it('does for each role what it may, and for nobody else anything', async () => {
    const callers = await Promise.all(
      Role.options.map(async (role) => {
        const byToken = new Caller(admin, makeToken(stage.dataDir, role, role));
        return [role, [byToken, await Caller.signedIn(admin, stage.dataDir, role, role)]] as const;
      }),
    );
    const strangers = [
      new Caller(admin),
      new Caller(admin, 'perdure_000000000000_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
      new Caller(admin, `${secret.slice(0, -2)}xx`),
      new Caller(admin, "' OR 1=1 --"),
    ];
    for (const { needs, method, path } of routes) {
      const what = `${method} ${path}`;
      // What can't be read never does anything, so that all that is seen is who would have been let in.
      const body = method === 'POST' ? 'nonsense' : undefined;
      for (const stranger of strangers) {
        const reply = await stranger.ask(method, path, body);
        assertProblem(reply, what);
        assert.equal(reply.status, 401, what);
        assert.match(reply.headers['www-authenticate'] ?? '', /^Bearer realm="perdure"/);
      }
      for (const [role, ways] of callers)
        for (const caller of ways) {
          if (path === '/events' && mayActAs(role, needs)) continue; // Its stream does not end.
          const reply = await caller.ask(method, path, body);
          if (mayActAs(role, needs))
            assert.ok(![401, 403].includes(reply.status), `${role} ${what}: ${reply.text}`);
          else assert.equal(reply.status, 403, `${role} ${what}`);
          assert.ok(reply.status < 500, reply.text);
        }
    }
  });

  it('takes who acts from the token alone', async () => {
    for (const body of [
      { text: 'x', by: 'boss' },
      { text: 'x', requester: 'boss' },
    ])
      assertProblem(await oz.post('/agents/nobody/messages', body), JSON.stringify(body));
    for (const field of ['by', 'requester', 'parent'])
      assert.equal((await oz.post('/agents', { agent: 'clerk', [field]: 'boss' })).status, 400, field);
    // Who repeats what the token and the path say is told what everybody else is.
    const repeated = { decision: 'approve', by: 'oz', approval: 't1-1-000000' };
    const path = '/agents/nobody/approvals/t1-1-000000/decision';
    assert.equal((await oz.post(path, repeated)).status, 404);
    assert.equal((await oz.post('/agents/nobody/messages', { text: 'x', requester: 'oz' })).status, 404);
    for (const other of [{ by: 'boss' }, { approval: 't2-1-000000' }, { by: ['oz'] }, { by: null }])
      assert.equal((await oz.post(path, { ...repeated, ...other })).status, 400, JSON.stringify(other));
    const elsewhere = await admin.ask('GET', `/api/v1/agents?access_token=${secret}`);
    assert.equal(elsewhere.status, 401);
  });

  it('answers no other host, and no page of another origin', async () => {
    const foreign: Record<string, string>[] = [
      { host: 'evil.example' },
      { host: '127.0.0.1.evil.example' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost.evil.example' },
      { origin: 'file://localhost' },
    ];
    const signedIn = await Caller.signedIn(admin, stage.dataDir, 'oz', 'admin');
    for (const headers of foreign)
      for (const caller of [oz, signedIn]) {
        const reply = await caller.ask('GET', '/agents', undefined, headers);
        assertProblem(reply, JSON.stringify(headers));
        assert.equal(reply.status, 403);
      }
    const own = await oz.ask('GET', '/agents', undefined, { origin: admin.url });
    assert.equal(own.status, 200);
  });

  it('refuses hostile bodies', async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const bodies: [string | Buffer, number, Record<string, string>?][] = [
      ['', 400],
      ['[]', 400],
      ['null', 400],
      ['{"text":', 400],
      [deep, 400],
      [`{"text":"x","${'k'.repeat(1_000)}":1}`, 400],
      // Passed over: it is nobody's prototype, and names nobody.
      ['{"text":"x","__proto__":{"by":"boss"}}', 404],
      [`{"text":"${'x'.repeat(100_001)}"}`, 400],
      [`{"text":"${'x'.repeat(1_100_000)}"}`, 413],
      [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
      ['{"text":"x"}', 400, { 'content-type': 'text/plain' }],
      ['{"text":"x"}', 400, { 'content-type': 'application/x-www-form-urlencoded' }],
      ['{"text":"x"}', 400, { 'content-encoding': 'gzip' }],
      ['{"text":"x"}', 404],
      ['{"text":"\\ud800 \\u0000 \\u202e"}', 404],
    ];
    for (const [body, status, headers] of bodies) {
      const json = { 'content-type': 'application/json' };
      const reply = await oz.ask('POST', '/agents/nobody/messages', body, { ...json, ...headers });
      assertProblem(reply, body.slice(0, 60).toString());
      assert.equal(reply.status, status, `${body.slice(0, 60).toString()} ${reply.text}`);
    }
  });

  it('refuses hostile ids, queries and keys', async () => {
    const ids = [
      '..%2f..%2fetc%2fpasswd',
      '%00',
      '%0a',
      '%ff',
      '%',
      '%ed%a0%80',
      '%E2%80%A8',
      "a'%20OR%20'1'='1",
      '🙂'.repeat(300),
      'x'.repeat(2_000),
      '%20',
      '__proto__',
      'constructor',
    ];
    for (const id of ids.map((id) => (/^[\x21-\x7e]*$/.test(id) ? id : encodeURIComponent(id))))
      for (const path of [`/agents/${id}`, `/agents/${id}/checkpoints/1`, `/agents/${id}/events`])
        assertProblem(await oz.get(path), path);
    for (const path of [
      '/agents/../../../etc/passwd',
      '/agents/nobody/checkpoints/-1',
      '/agents/nobody/checkpoints/1e9',
      '/agents/nobody/transcript?from=-1',
      '/agents/nobody/transcript?limit=100000',
      '/agents?limit=0',
      '/agents?limit=5&limit=6',
      '/agents?status=x',
      "/agents?definition=a'%20OR%201=1",
      '/agents?query=x',
      '/agents?cursor=AAAA',
      '/agents?cursor=%00',
      ...['{}', '[]', 'null', '5', '{"StartTime":5}'].map(
        (token) => `/agents?cursor=${Buffer.from(token).toString('base64url')}`,
      ),
      '/approvals?cursor=e30',
      '/approvals?limit=201',
    ])
      assertProblem(await oz.get(path), path);
    for (const id of ['a\nb', ' a', '\ud800', 'x'.repeat(1_001)])
      assertProblem(await oz.post('/agents', { agent: 'clerk', id }), JSON.stringify(id));
    const long = await oz.post('/agents', { agent: 'clerk' }, { 'idempotency-key': 'k'.repeat(201) });
    assertProblem(long, 'a long key');
    assert.doesNotMatch(admin.log(), /Unexpected|"level":"error"/);
  });

  it('knows no workflow but agents', async () => {
    const workflowId = 'stranger';
    await stage.client.workflow.start('another', {
      workflowId,
      taskQueue: 'nobody',
      args: [{ agent: 'clerk' }],
    });
    const shown = ['', '/timeline', '/transcript', '/transitions', '/checkpoints/1', '/events', '/calls/1.1'];
    const done = ['/messages', '/events', '/pause', '/cancel', '/budget'];
    const bodies: Readonly<Record<string, object>> = {
      '/messages': { text: 'x' },
      '/events': { name: 'x' },
      '/budget': { turns: 1 },
    };
    const replies = await Promise.all([
      ...shown.map((path) => oz.get(`/agents/stranger${path}`)),
      ...done.map((path) => oz.post(`/agents/stranger${path}`, bodies[path])),
    ]);
    for (const reply of replies) {
      assertProblem(reply, reply.text);
      assert.equal(reply.status, 404, reply.text);
      assert.match(reply.text, /workflow of another kind/);
    }
    await stage.client.workflow.getHandle(workflowId).terminate();
  });

  it('has enough of a token that asks too much, and says for how long', async () => {
    const busy = await startAdmin(
      {
        ...stage.environment,
        PERDURE_AGENTS_DIR: stage.agentsDir,
        PERDURE_DATA_DIR: stage.dataDir,
        PERDURE_ADMIN_REQUESTS_PER_MINUTE: '5',
      },
      join(stage.folder, 'busy.log'),
    );
    const one = new Caller(busy, secret);
    const replies: Reply[] = [];
    for (let count = 0; count < 6; count += 1) replies.push(await one.get('/definitions'));
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 200, 200, 200, 200, 429],
    );
    assertProblem(replies[5]!, 'too many');
    assert.match(replies[5]!.headers['retry-after'] ?? '', /^\d+$/);
    const other = new Caller(busy, makeToken(stage.dataDir, 'other', 'viewer'));
    assert.equal((await other.get('/definitions')).status, 200);
    const guesses: number[] = [];
    for (let count = 0; count < 50; count += 1)
      guesses.push((await new Caller(busy, 'guess').get('/agents')).status);
    assert.deepEqual([guesses[0], guesses.at(-1)], [401, 429]);
    await busy.child.stop();
  });

  it('says 503 while Temporal is down', async () => {
    // Not a place on the cluster of `make test-cluster`, which stays up for everybody else.
    const server = await startDevServer({ logFile: join(stage.folder, 'lonely-temporal.log') });
    const lonely = await startAdmin(
      {
        TEMPORAL_ADDRESS: server.address,
        TEMPORAL_NAMESPACE: devNamespace,
        PERDURE_AGENTS_DIR: stage.agentsDir,
        PERDURE_DATA_DIR: stage.dataDir,
      },
      join(stage.folder, 'lonely.log'),
    );
    await server.stop();
    const caller = new Caller(lonely, secret);
    const replies = await Promise.all([
      caller.get('/agents'),
      caller.get('/approvals'),
      caller.get('/events'),
      caller.post('/agents', { agent: 'clerk' }),
    ]);
    for (const { status, body, headers } of replies)
      assert.deepEqual([status, body['code'], headers['retry-after']], [503, 'Unreachable', '5']);
    await lonely.child.stop();
  });
});
