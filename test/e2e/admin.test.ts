import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, launchAdmin, startAdmin } from '../support/admin.ts';
import { Caller } from '../support/api.ts';
import { signIn } from '../support/browser-caller.ts';
import { PerdureCli } from '../support/cli.ts';
import { serverEnvironment, startTestServer, type TestServer } from '../support/test-server.ts';

describe('the admin server', () => {
  let server: TestServer;
  let folder: string;
  let agents: string;
  let data: string;
  let admin: Admin;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-admin-'));
    agents = await mkdtemp(join(folder, 'agents-'));
    data = join(folder, 'data');
    server = await startTestServer();
    admin = await startAdmin(environment(), join(folder, 'admin.log'));
  });
  after(async () => {
    await admin.child.stop();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const environment = (): Record<string, string> => ({
    ...serverEnvironment(server),
    PERDURE_AGENTS_DIR: agents,
    PERDURE_DATA_DIR: data,
  });

  it('says that it lives and that it is ready, and nothing else to strangers', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const { status, text, headers } = await admin.ask('GET', path);
      assert.deepEqual([status, JSON.parse(text)], [200, { status: 'ok' }]);
      assert.equal(headers['content-security-policy'], "default-src 'none';frame-ancestors 'none'");
      assert.equal(headers['x-powered-by'], undefined);
      assert.equal((await admin.ask('POST', path)).status, 405);
    }
    assert.equal((await admin.ask('GET', '/api/v1/agents')).status, 401);
    assert.equal((await admin.ask('GET', '/nothing')).status, 404);
    assert.equal((await admin.ask('GET', '/readyz', { headers: { host: 'evil.example' } })).status, 403);
  });

  it('answers what is no HTTP with a problem too', async () => {
    const { port } = new URL(admin.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('error', reject);
      socket.on('close', () => {
        resolve(text);
      });
    });
    assert.match(answer, /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*urn:perdure:failure:Invalid/);
  });

  it('listens on this machine only, unless told', () => {
    assert.match(admin.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  async function refusal(env: Record<string, string>): Promise<string> {
    const file = join(folder, 'refused.log');
    await rm(file, { force: true });
    const child = await launchAdmin({ ...environment(), ...env }, file);
    const { code } = await child.exited;
    assert.equal(code, 1);
    const text = await readFile(file, 'utf8');
    assert.equal(text.trim().split('\n').length, 1, text);
    return text;
  }

  it('says in one line why it can not start', async () => {
    assert.match(
      await refusal({ PERDURE_ADMIN_PORT: 'x' }),
      /^admin: PERDURE_ADMIN_PORT: must be a whole number\. Correct the field/,
    );
    assert.match(
      await refusal({ PERDURE_ADMIN_ALLOWED_HOSTS: 'a:80' }),
      /^admin: PERDURE_ADMIN_ALLOWED_HOSTS: /,
    );
    assert.match(
      await refusal({ PERDURE_ADMIN_HOST: '192.0.2.1' }),
      /^admin: can't listen at 192\.0\.2\.1:0/,
    );
    assert.match(
      await refusal({ PERDURE_AGENTS_DIR: '/nowhere' }),
      /^admin: The folder of definitions \/nowhere can't be read\. Set PERDURE_AGENTS_DIR/,
    );
    assert.match(await refusal({ TEMPORAL_ADDRESS: '127.0.0.1:1' }), /^admin: Temporal can't be reached/);
  });

  it('says that its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has an address object; only pipes have a string.
    const { port } = other.address() as { port: number };
    assert.match(
      await refusal({ PERDURE_ADMIN_PORT: String(port) }),
      new RegExp(
        `^admin: 127.0.0.1:${port} is taken by another process\\. Stop it, or set PERDURE_ADMIN_PORT`,
      ),
    );
    other.close();
  });

  it('stops while it waits for Temporal', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number }; // As above.
    const env = { ...environment(), TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
    const child = await launchAdmin(env, join(folder, 'waiting.log'));
    await once(silent, 'connection');
    child.kill('SIGTERM');
    assert.deepEqual(await child.exited, { code: 0, signal: null });
    silent.close();
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops on ${signal}`, async () => {
      const file = join(folder, `${signal}.log`);
      const one = await startAdmin(environment(), file);
      one.child.kill(signal);
      assert.equal((await one.child.exited).code, 0);
      assert.match(one.log(), /admin stopped/);
    });
  }

  it('takes no hook of a definition with mistakes, and says so', async () => {
    await writeFile(join(agents, 'broken.md'), '---\nname: other\n---\nx\n');
    const one = await startAdmin(environment(), join(folder, 'broken.log'));
    const { status, text } = await one.ask('POST', '/api/v1/hooks/orders', { body: '{}' });
    await one.child.stop();
    assert.equal(status, 503);
    assert.doesNotMatch(text, /broken/);
    assert.match(one.log(), /broken\.md has mistakes/);
  });

  it('takes tokens that the command line makes until it revokes them', async () => {
    const cli = await PerdureCli.create({ PERDURE_DATA_DIR: data });
    const made = await cli.run(['token', 'create', '--name', 'cleo', '--role', 'viewer', '--expires', '1h']);
    assert.match(made.stdout, /^perdure_[0-9a-f]{12}_\S{43}\n$/);
    const secret = made.stdout.trim();
    const cleo = new Caller(admin, secret);
    assert.equal((await cleo.get('/me')).status, 200);
    const listed = await cli.run(['token', 'list']);
    assert.ok(listed.stdout.includes('cleo') && !listed.stdout.includes(secret.slice(21)));
    assert.equal((await cli.run(['token', 'revoke', secret.split('_')[1]!])).code, 0);
    assert.equal((await cleo.get('/me')).status, 401);
    assert.equal((await cli.run(['token', 'revoke', 'nothing'])).code, 3);
    assert.equal((await cli.run(['token', 'create', '--name', 'a\nb', '--role', 'viewer'])).code, 2);
    assert.ok(!admin.log().includes(secret.slice(21)));
    const linked = await cli.run(['token', 'sign-in', '--name', 'dora', '--role', 'approver'], {
      env: { PERDURE_ADMIN_URL: admin.url },
    });
    const [page, link = ''] = linked.stdout.trim().split('#');
    assert.equal(page, `${admin.url}/sign-in`);
    const { answer, cookie } = await signIn(admin, link);
    assert.equal(answer.status, 200, answer.text);
    const me = await admin.ask('GET', '/api/v1/me', { headers: { cookie } });
    assert.match(me.text, /"name":"dora","role":"approver"/);
    const sessions = await cli.run(['token', 'list', '--json']);
    const kinds = JSON.parse(sessions.stdout) as { kind: string; name: string }[];
    assert.deepEqual(
      kinds
        .filter(({ name }) => name === 'dora')
        .map(({ kind }) => kind)
        .toSorted(),
      ['link', 'session'],
    );
    await cli.dispose();
  });
});
