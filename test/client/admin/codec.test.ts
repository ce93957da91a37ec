import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { payloadKeysOf } from '../../../src/payloads/converter.ts';
import { KeyedCodec } from '../../../src/payloads/payload-codec.ts';
import { LocalAdmin } from '../../support/local-admin.ts';

const ui = 'http://127.0.0.1:8233';
const env = {
  PERDURE_PAYLOAD_KEYS: `k:${randomBytes(32).toString('base64')}`,
  PERDURE_TEMPORAL_UI_URL: ui,
};
const codec = new KeyedCodec(payloadKeysOf(env));
const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"hello"') };

describe('the codec server', () => {
  let admin: LocalAdmin;
  let token: string;
  let body: string;

  before(async () => {
    admin = await LocalAdmin.start(env);
    token = admin.make({ kind: 'token', role: 'viewer' });
    const [encoded] = await codec.encode([plain]);
    const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
    const { metadata = {}, data } = encoded ?? {};
    const names = Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)]);
    body = JSON.stringify({
      payloads: [{ metadata: Object.fromEntries(names) as unknown, data: text(data) }],
    });
  });
  after(() => admin.stop());

  const ask = (path: string, headers: Record<string, string>, sent = body) =>
    admin.ask('POST', path, { headers: { 'content-type': 'application/json', ...headers }, body: sent });

  it('decodes and encodes for who has a token, and nobody else', async () => {
    assert.equal((await ask('/codec/decode', {})).status, 401);
    const answer = await ask('/codec/decode', { authorization: `Bearer ${token}` });
    assert.equal(answer.status, 200);
    const told = { encoding: plain.metadata.encoding.toString('base64') };
    const expected = { payloads: [{ metadata: told, data: plain.data.toString('base64') }] };
    assert.deepEqual(JSON.parse(answer.text), expected);
    const again = await ask('/codec/encode', { authorization: `Bearer ${token}` }, answer.text);
    assert.equal(again.status, 200);
    const back = await ask('/codec/decode', { authorization: `Bearer ${token}` }, again.text);
    assert.deepEqual(JSON.parse(back.text), expected);
    const some = admin.make({ kind: 'token', role: 'admin', agents: ['a1'] });
    assert.equal((await ask('/codec/decode', { authorization: `Bearer ${some}` })).status, 403);
    assert.equal(
      (await ask('/codec/decode', { authorization: `Bearer ${token}` }, '{"payloads":1}')).status,
      400,
    );
    assert.equal((await ask('/codec/decode', { authorization: `Bearer ${token}` }, 'x')).status, 400);
    assert.equal((await admin.ask('GET', '/codec/decode')).status, 405);
  });

  it("lets the Web UI's pages ask, with the session of the browser, and no others", async () => {
    const preflight = (origin: string) => admin.ask('OPTIONS', '/codec/decode', { headers: { origin } });
    const { status, headers } = await preflight(ui);
    assert.equal(status, 204);
    assert.equal(headers['access-control-allow-origin'], ui);
    assert.equal(headers['access-control-allow-credentials'], 'true');
    assert.match(headers['access-control-allow-headers'] ?? '', /authorization.*x-namespace/);
    const other = await preflight('http://evil.example');
    assert.equal(other.headers['access-control-allow-origin'], undefined);
    const cookie = `perdure_session=${admin.make({ kind: 'session', role: 'viewer' })}`;
    const fromUi = await ask('/codec/decode', { cookie, origin: ui, 'sec-fetch-site': 'same-site' });
    assert.deepEqual([fromUi.status, fromUi.headers['access-control-allow-origin']], [200, ui]);
    const fromOther = await ask('/codec/decode', {
      cookie,
      origin: 'http://127.0.0.1:9',
      'sec-fetch-site': 'same-site',
    });
    assert.equal(fromOther.status, 403);
    // What changes something is as closed to that page as to any other.
    const sent = { cookie, origin: ui, 'content-type': 'application/json' };
    assert.equal((await admin.ask('POST', '/api/v1/agents', { headers: sent, body: '{}' })).status, 403);
  });
});
