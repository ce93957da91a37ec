import assert from 'node:assert/strict';
import { operations } from '../../../src/client/admin/api/operations.ts';
import { type OperationId, permissions } from '../../../src/client/admin/permissions.ts';
import { mayActAs, Role } from '../../../src/contracts/role.ts';
import { LocalAdmin } from '../../support/local-admin.ts';

interface Guarded {
  readonly id: OperationId;
  readonly method: string;
  readonly path: string;
}

/** What is answered with a role: the operations, and what is none. */
const guarded: readonly Guarded[] = [
  ...operations.map(({ id, method, path }) => ({ id, method: method.toUpperCase(), path })),
  { id: 'followAgents', method: 'GET', path: '/events' },
  { id: 'followAgent', method: 'GET', path: '/agents/:id/events' },
  { id: 'showAudit', method: 'GET', path: '/agents/:id/audit' },
  { id: 'signOut', method: 'DELETE', path: '/session' },
];

/** What needs no token, and why that is well. */
const open: Readonly<Record<string, string>> = {
  'GET /healthz': 'says that the process lives',
  'GET /readyz': 'says whether Temporal answers',
  'GET /api/v1/healthz': 'likewise, where the API is',
  'GET /api/v1/readyz': 'likewise',
  'GET /openapi.json': 'is in the source code',
  'GET /api/v1/openapi.json': 'likewise',
  'POST /hooks/:name': 'is signed',
  'POST /session': 'needs a link that works once',
  'GET /': 'a page has no data',
  'GET /sign-in': 'likewise',
  'GET /agents/*rest': 'likewise',
};
/** Pages have the paths of operations, elsewhere. */
const pages = ['GET /agents', 'GET /definitions', 'GET /schedules', 'GET /health'];
/** Needs a token of any role, and one that reaches all agents. */
const numbers = ['GET /metrics', 'GET /api/v1/metrics'];
/** Temporal's tools have payloads read there: `test/client/admin/codec.test.ts`. */
const codec = ['decode', 'encode'].flatMap((way) => [`POST /${way}`, `OPTIONS /${way}`]);

describe('who may do what over HTTP', () => {
  let admin: LocalAdmin;
  before(async () => {
    admin = await LocalAdmin.start({ PERDURE_ADMIN_REQUESTS_PER_MINUTE: '100000' });
  });
  after(() => admin.stop());

  /** What can't be read does nothing, so that all that is seen is who would have been let in. */
  async function statusOf({ method, path }: Guarded, secret?: string): Promise<number> {
    const filled = path.replace(/:turn/, '1').replace(/:\w+/g, 'nobody');
    const { status } = await admin.ask(method, `/api/v1${filled}`, {
      headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
      ...(method === 'POST' ? { body: 'nonsense' } : {}),
    });
    return status;
  }

  it('is said of every route that there is', () => {
    const known = [
      ...guarded.map(({ method, path }) => `${method} ${path}`),
      ...Object.keys(open),
      ...pages,
      ...numbers,
      ...codec,
    ];
    assert.deepEqual([...admin.routes].toSorted(), known.toSorted());
  });

  it('is nothing without a token, or with one that has expired or was revoked', async () => {
    const revoked = admin.make({ kind: 'token', role: 'admin' });
    admin.tokens.revoke([revoked.split('_')[1]!], new Date());
    const expired = admin.make({ kind: 'token', role: 'admin', expiresAt: new Date(Date.now() - 1) });
    for (const route of guarded)
      for (const secret of [undefined, 'perdure_x', expired, revoked])
        assert.equal(await statusOf(route, secret), 401, `${route.id} ${String(secret)}`);
  });

  it('is no numbers either without a good token that reaches all agents', async () => {
    const elsewhere = admin.make({ kind: 'token', role: 'admin', agents: ['desk-'] });
    const expired = admin.make({ kind: 'token', role: 'admin', expiresAt: new Date(Date.now() - 1) });
    for (const [method = '', path = ''] of numbers.map((route) => route.split(' '))) {
      for (const [secret, wanted] of [
        ['perdure_x', 401],
        [expired, 401],
        [elsewhere, 403],
      ] as const) {
        const headers = { authorization: `Bearer ${secret}` };
        assert.equal((await admin.ask(method, path, { headers })).status, wanted);
      }
      assert.equal((await admin.ask(method, path)).status, 401);
    }
  });

  it('is told of every path with the methods that there are, for one that there is not', async () => {
    const headers = { authorization: `Bearer ${admin.make({ kind: 'token', role: 'admin' })}` };
    for (const [path, methods] of [
      ['/events', 'GET'],
      ['/agents/a1/events', 'GET, POST'],
      ['/agents/a1/audit', 'GET'],
      ['/agents/a1', 'GET'],
      ['/healthz', 'GET'],
    ] as const) {
      const answer = await admin.ask('PUT', `/api/v1${path}`, { headers });
      assert.deepEqual([answer.status, answer.headers.allow], [405, methods], path);
    }
    assert.equal((await admin.ask('GET', '/api/v1/healthz')).status, 200);
  });

  it('is no more than the role allows, and nothing of agents that a token does not reach', async () => {
    const tokens = Role.options.map((role) => [role, admin.make({ kind: 'token', role })] as const);
    const elsewhere = admin.make({ kind: 'token', role: 'admin', agents: ['desk-'] });
    let refused = 0;
    for (const route of guarded) {
      for (const [role, secret] of tokens) {
        const needed = permissions[route.id];
        if (!mayActAs(role, needed)) assert.equal(await statusOf(route, secret), 403, `${role} ${route.id}`);
        // What is read asks Temporal, which is not here: test/e2e/http-attacks.test.ts has it.
        else if (route.method === 'POST')
          assert.equal(await statusOf(route, secret), 400, `${role} ${route.id}`);
        refused += mayActAs(role, needed) ? 0 : 1;
      }
      if (route.path.includes(':id')) assert.equal(await statusOf(route, elsewhere), 403, route.id);
    }
    assert.ok(refused > 10);
  });
});
