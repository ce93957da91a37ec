import assert from 'node:assert/strict';
import { traceSettings } from '../../src/telemetry/settings.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };

describe('the settings of tracing', () => {
  it('are none without an endpoint, or when it is switched off', () => {
    for (const env of [
      {},
      { OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
      { ...endpoint, OTEL_SDK_DISABLED: 'true' },
      { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
    ])
      assert.equal(traceSettings(env, 'perdure-worker'), undefined);
  });

  it('are those of the specification by default, without what is said', () => {
    assert.deepEqual(traceSettings(endpoint, 'perdure-worker'), {
      protocol: 'http/protobuf',
      serviceName: 'perdure-worker',
      content: false,
    });
  });

  it('keep what is said only where spans are named as its place', () => {
    const content = (value: string): boolean | undefined =>
      traceSettings({ ...endpoint, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value }, 'x')?.content;
    assert.deepEqual(
      ['true', 'SPAN_ONLY', 'span_and_event', 'event_only', 'no_content', 'false'].map(content),
      [...[true, true, true], ...[false, false, false]],
    );
  });

  it('name what is wrong', () => {
    const bad = (env: NodeJS.ProcessEnv) => () => traceSettings({ ...endpoint, ...env }, 'x');
    assert.throws(
      bad({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
      /OTEL_EXPORTER_OTLP_PROTOCOL.*http\/protobuf/,
    );
    assert.throws(
      bad({ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost' }),
      /OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL/,
    );
  });
});
