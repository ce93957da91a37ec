import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { until } from './stage.ts';

const Value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
  arrayValue: z.unknown().optional(),
});
const Attributes = z
  .array(z.object({ key: z.string(), value: Value }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]])));
const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: Attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).optional(),
});
const Traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
});

export type ReceivedSpan = z.output<typeof Span> & { readonly service: unknown };

/** A collector that keeps what it is sent over OTLP/HTTP as JSON. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: () => readonly ReceivedSpan[];
  /** Everything that was sent, as it was sent. */
  readonly text: () => string;
  readonly close: () => Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const texts: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
      texts.push(text);
      for (const { resource, scopeSpans } of Traces.parse(JSON.parse(text)).resourceSpans)
        for (const span of scopeSpans.flatMap((scope) => scope.spans))
          spans.push({ ...span, service: resource.attributes['service.name'] });
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => spans,
    text: () => texts.join('\n'),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Polls: spans come in batches. */
export async function untilSpan(
  { spans }: OtlpReceiver,
  what: string,
  fits: (span: ReceivedSpan) => boolean,
): Promise<ReceivedSpan> {
  let found: ReceivedSpan | undefined;
  await until(
    `a span comes: ${what}`,
    () => {
      found = spans().find(fits);
      return found !== undefined;
    },
    () =>
      spans()
        .map(({ name }) => name)
        .join(', '),
  );
  return found!;
}

/** Whoever looks at a trace finds a parent for every span, up to the one that it began with. */
export async function untilWhole({ spans }: OtlpReceiver, traceId: string, root: string): Promise<void> {
  const hanging = (): string => {
    const all = spans().filter((span) => span.traceId === traceId);
    const ids = new Set([root, ...all.map(({ spanId }) => spanId)]);
    const rest = all.filter(({ spanId, parentSpanId = '' }) => spanId !== root && !ids.has(parentSpanId));
    return rest.map(({ name }) => name).join(', ');
  };
  await until('nothing hangs in the air', () => hanging() === '', hanging);
}
