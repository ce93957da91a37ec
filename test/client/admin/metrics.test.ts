import assert from 'node:assert/strict';
import { Metrics } from '../../../src/client/admin/metrics.ts';
import type { AgentCounts } from '../../../src/client/agent-counts.ts';
import { GatewayError } from '../../../src/client/gateway-error.ts';
import { signIn } from '../../support/browser-caller.ts';
import { LocalAdmin } from '../../support/local-admin.ts';

const counts: AgentCounts = {
  byStatus: new Map([
    ['running', 2],
    ['waiting', 3],
  ]),
  waitingFor: new Map([['approval', 1]]),
  pendingApprovals: 4,
};

describe('what is counted for Prometheus', () => {
  it('is asked of Temporal once for all who come within some seconds', async () => {
    let asked = 0;
    const metrics = new Metrics(() => {
      asked += 1;
      return Promise.resolve(counts);
    });
    const texts = await Promise.all([metrics.text(), metrics.text()]);
    texts.push(await metrics.text());
    assert.equal(asked, 1);
    for (const text of texts)
      for (const line of [
        'perdure_agents{status="running"} 2',
        'perdure_agents{status="waiting"} 3',
        'perdure_agents_waiting{kind="approval"} 1',
        'perdure_pending_approvals 4',
        'perdure_temporal_up 1',
      ])
        assert.ok(text.split('\n').includes(line), `${line} in ${text}`);
  });

  it('leaves out what Temporal does not say, and hides no defect', async () => {
    const silent = new Metrics(() => Promise.reject(new GatewayError('Unreachable', 'gone')));
    const text = await silent.text();
    assert.match(text, /^perdure_temporal_up 0$/m);
    assert.doesNotMatch(text, /^perdure_(agents|pending)/m);
    const broken = new Metrics(() => Promise.reject(new Error('a defect')));
    await assert.rejects(broken.text(), /a defect/);
  });
});

describe('/metrics of the admin server', () => {
  let admin: LocalAdmin;

  before(async () => {
    admin = await LocalAdmin.start();
  });
  after(() => admin.stop());

  const asPrometheus = (secret: string) =>
    admin.ask('GET', '/metrics', { headers: { authorization: `Bearer ${secret}` } });

  it('is for whoever may see all agents', async () => {
    assert.equal((await admin.ask('GET', '/metrics')).status, 401);
    const scoped = admin.make({ kind: 'token', role: 'admin', agents: ['desk-'] });
    assert.equal((await asPrometheus(scoped)).status, 403);
    assert.equal((await admin.ask('GET', '/metrics', { headers: { host: 'evil.example' } })).status, 403);
    const { cookie } = await signIn(admin, admin.make({ kind: 'link', role: 'viewer' }));
    assert.equal((await admin.ask('GET', '/metrics', { headers: { cookie } })).status, 200);
    const { status, headers } = await asPrometheus(admin.make({ kind: 'token', role: 'viewer' }));
    assert.equal(status, 200);
    assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
  });

  it('counts requests by route, however many addresses there are', async () => {
    const secret = admin.make({ kind: 'token', role: 'viewer' });
    const headers = { authorization: `Bearer ${secret}` };
    for (const id of ['a', 'b', 'c'])
      await admin.ask('POST', `/api/v1/agents/${id}/stop`, { headers, body: '{}' });
    await admin.ask('GET', '/api/v1/me', { headers });
    for (const path of ['/nothing', '/nothing-else']) await admin.ask('GET', path);
    await admin.ask('GET', '/api/v1/me');
    const { text } = await asPrometheus(secret);
    for (const line of [
      'perdure_http_requests_total{method="POST",route="/api/v1/agents/:id/stop",status="403"} 3',
      'perdure_http_requests_total{method="GET",route="/api/v1/me",status="200"} 1',
      'perdure_http_requests_total{method="GET",route="none",status="404"} 2',
      'perdure_http_request_duration_seconds_count{method="GET",route="/api/v1/me"} 1',
      'perdure_event_streams 0',
    ])
      assert.ok(text.split('\n').includes(line), `${line} in ${text}`);
    assert.ok(!text.includes(secret.slice(21)) && !text.includes('nothing-else'));
  });
});
