import assert from 'node:assert/strict';
import { connect, connectionSettings } from '../../src/client/connection.ts';
import { checkTransport } from '../../src/client/doctor/checks.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';

/** An empty home, so that no configuration file of whoever runs the tests is read. */
const nobody = { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };

describe('connection settings', () => {
  it('are a local server by default', () => {
    const { address, namespace, tls } = connectionSettings(nobody);
    assert.deepEqual(
      { address, namespace, tls },
      { address: 'localhost:7233', namespace: 'default', tls: false },
    );
  });

  it("come from Temporal's own variables", () => {
    const settings = connectionSettings({
      ...nobody,
      TEMPORAL_ADDRESS: 'cloud.example:7233',
      TEMPORAL_NAMESPACE: 'team',
      TEMPORAL_API_KEY: 'k',
    });
    assert.equal(settings.address, 'cloud.example:7233');
    assert.equal(settings.namespace, 'team');
    assert.equal(settings.tls, true, 'an API key is never sent in plaintext');
    assert.equal(settings.options.apiKey, 'k');
  });

  for (const wrong of [{ TEMPORAL_TLS_CLIENT_CERT_PATH: '/nonexistent' }, { TEMPORAL_PROFILE: 'nosuch' }])
    it(`name what can't be read: ${JSON.stringify(wrong)}`, () => {
      assert.throws(
        () => connectionSettings({ ...nobody, ...wrong }),
        (error) => error instanceof GatewayError && error.type === 'Invalid',
      );
    });
});

describe('connecting', () => {
  // A gRPC client that waits for its deadline says nothing about who listens.
  for (const address of ['127.0.0.1:1', 'localhost:1', '[::1]:1'])
    it(`to ${address}, where nobody listens, does not wait for a deadline`, async () => {
      await assert.rejects(
        connect(connectionSettings({ ...nobody, TEMPORAL_ADDRESS: address })),
        (error) =>
          error instanceof GatewayError &&
          error.type === 'Unreachable' &&
          error.message.endsWith('nothing listens there'),
      );
    });
});

describe('plaintext', () => {
  const cases: [string, boolean, 'ok' | 'warn'][] = [
    ['localhost:7233', false, 'ok'],
    ['127.0.0.1:7233', false, 'ok'],
    ['[::1]:7233', false, 'ok'],
    ['temporal.example:7233', false, 'warn'],
    ['localhost.example:7233', false, 'warn'],
    ['temporal.example:7233', true, 'ok'],
  ];
  for (const [address, tls, level] of cases)
    it(`${tls ? 'with TLS ' : ''}to ${address}: ${level}`, () => {
      assert.equal(checkTransport({ address, namespace: 'default', tls, options: {} }).level, level);
    });
});
