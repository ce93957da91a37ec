import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SpanNews } from '../../src/contracts/trace.ts';
import { startTracing } from '../../src/telemetry/open-telemetry.ts';

const self = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const news = (more: Partial<SpanNews>): SpanNews => ({
  ...{ name: 'root', self, links: [], from: 1_000, to: 2_000, attributes: {} },
  ...more,
});

describe('tracing through OpenTelemetry', () => {
  const environment = { ...process.env };
  let server: Server;
  let sent: { type: string | undefined; body: Buffer }[];

  beforeEach(async () => {
    sent = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        sent.push({ type: request.headers['content-type'], body: Buffer.concat(chunks) });
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (name.startsWith('OTEL_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, environment);
    server.close();
    server.closeAllConnections();
  });

  /** A run that began a trace, its turn, and an attempt of an activity below that. */
  async function traceOnce(): Promise<void> {
    const tracer = await startTracing({ protocol: 'http/protobuf', serviceName: 'test', content: false });
    const turn = { ...self, spanId: 'b7ad6b7169203332' };
    await tracer.inSpan({ name: 'attempt', kind: 'internal', attributes: {}, parent: turn }, () =>
      Promise.resolve(),
    );
    tracer.record(news({ name: 'turn', self: turn, parent: self }));
    tracer.record(news({}));
    await tracer.close();
  }

  it('sends protobuf, with the ids that workflows give their spans', async () => {
    await traceOnce();
    assert.deepEqual([...new Set(sent.map(({ type }) => type))], ['application/x-protobuf']);
    const body = Buffer.concat(sent.map((one) => one.body));
    for (const name of ['root', 'turn', 'attempt']) assert.ok(body.includes(name), name);
    for (const id of [self.traceId, self.spanId]) assert.ok(body.includes(Buffer.from(id, 'hex')), id);
  });

  it('drops all of a trace that its sampler does not keep, also what began in a workflow', async () => {
    process.env['OTEL_TRACES_SAMPLER'] = 'parentbased_traceidratio';
    process.env['OTEL_TRACES_SAMPLER_ARG'] = '0';
    await traceOnce();
    assert.deepEqual(sent, []);
  });

  it('says the class of an error and not its words', async () => {
    const tracer = await startTracing({ protocol: 'http/json', serviceName: 'test', content: false });
    await assert.rejects(
      tracer.inSpan({ name: 'failing', kind: 'client', attributes: {} }, () =>
        Promise.reject(new RangeError('a secret')),
      ),
    );
    await tracer.close();
    const text = sent.map(({ body }) => body.toString()).join('');
    assert.ok(text.includes('RangeError') && !text.includes('a secret'), text);
  });
});
