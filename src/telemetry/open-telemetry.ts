import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  createContextKey,
  createTraceState,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { SpanAttributes, SpanNews, TraceContext } from '../contracts/trace.ts';
import { GivenIds } from './given-ids.ts';
import type { TraceProtocol, TraceSettings } from './settings.ts';
import type { OpenSpan, SpanStart, Tracer } from './tracer.ts';

/** Traces of agents that are in use; one that is forgotten is decided again, with the same answer. */
const MAX_DECIDED = 1_000;
/** At the end of the process; a collector that is away must not keep it. */
const CLOSE_TIMEOUT_MS = 3_000;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };
const scopeKey = createContextKey('attributes of every span below');

/**
 * OpenTelemetry's SDK, set up from its own variables: sampler, limits, batches and resource are as they say. It is not registered for
 * the whole process: whoever traces is handed this.
 */
export async function startTracing(settings: TraceSettings): Promise<Tracer> {
  const ids = new GivenIds();
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ 'service.name': settings.serviceName })),
    spanProcessors: [new BatchSpanProcessor(await exporterOf(settings.protocol))],
  });
  return new OpenTelemetry(provider, ids, settings.content);
}

async function exporterOf(protocol: TraceProtocol): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}

class OpenTelemetry implements Tracer {
  readonly content: boolean;
  readonly #provider: BasicTracerProvider;
  readonly #ids: GivenIds;
  readonly #here = new AsyncLocalStorage<Context>();
  readonly #decided = new Map<string, boolean>();

  constructor(provider: BasicTracerProvider, ids: GivenIds, content: boolean) {
    this.content = content;
    this.#provider = provider;
    this.#ids = ids;
  }

  get #tracer() {
    return this.#provider.getTracer('perdure');
  }

  async inSpan<Result>(start: SpanStart, work: (span: OpenSpan) => Promise<Result>): Promise<Result> {
    const { span, context } = this.#start(start);
    const open = openSpanOf(span);
    try {
      return await this.#here.run(context, () => work(open));
    } catch (error) {
      open.fail(errorType(error));
      throw error;
    } finally {
      span.end();
    }
  }

  openSpan(start: SpanStart, run: (span: OpenSpan & { end: () => void }) => void): void {
    const { span, context } = this.#start(start);
    const end = (): void => {
      span.end();
    };
    this.#here.run(context, () => {
      run({ ...openSpanOf(span), end });
    });
  }

  active(): TraceContext | undefined {
    const spanContext = trace.getSpanContext(this.#here.getStore() ?? ROOT_CONTEXT);
    if (spanContext === undefined) return undefined;
    const { traceId, spanId, traceFlags, traceState } = spanContext;
    const state = traceState?.serialize() ?? '';
    return {
      ...{ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
      ...(state === '' ? {} : { state }),
    };
  }

  /** A function by itself, as the next one is: both are handed to others. */
  readonly logFields = (): Readonly<Record<string, unknown>> => {
    const active = this.active();
    return active === undefined ? {} : { trace_id: active.traceId, span_id: active.spanId };
  };

  readonly record = ({ name, self, parent, links, from, to, attributes, error }: SpanNews): void => {
    const span = this.#ids.with(self, () =>
      this.#tracer.startSpan(
        name,
        {
          startTime: from,
          attributes: attributesOf(attributes),
          links: links.map((link) => this.#link(link)),
        },
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, this.#spanContext(parent)),
      ),
    );
    if (error !== undefined) openSpanOf(span).fail(error);
    span.end(to);
  };

  async close(): Promise<void> {
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, CLOSE_TIMEOUT_MS).unref();
    });
    // What can't be sent is lost, and is no reason to fail.
    await Promise.race([this.#provider.shutdown().catch(() => undefined), late]);
  }

  #start({ name, kind, attributes, parent, scope }: SpanStart): { span: Span; context: Context } {
    const around = this.#here.getStore() ?? ROOT_CONTEXT;
    const inherited = around.getValue(scopeKey) as SpanAttributes | undefined; // Only this class sets it.
    const known = { ...inherited, ...scope };
    const below = parent === undefined ? around : trace.setSpanContext(around, this.#spanContext(parent));
    const span = this.#tracer.startSpan(
      name,
      { kind: kinds[kind], attributes: attributesOf({ ...known, ...attributes }) },
      below,
    );
    return { span, context: trace.setSpan(below, span).setValue(scopeKey, known) };
  }

  #link(context: TraceContext): Link {
    return { context: this.#spanContext(context) };
  }

  #spanContext({ traceId, spanId, sampled, state }: TraceContext): SpanContext {
    const isSampled = sampled ?? this.#decide(traceId);
    return {
      ...{ traceId, spanId, isRemote: true },
      traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      ...(state === undefined ? {} : { traceState: createTraceState(state) }),
    };
  }

  /** What the sampler says of a trace that began in a workflow: it is asked with a span that is never ended, and so never sent. */
  #decide(traceId: string): boolean {
    const before = this.#decided.get(traceId);
    if (before !== undefined) return before;
    const asked = this.#ids.with({ traceId, spanId: '0000000000000001' }, () =>
      this.#tracer.startSpan('sampled?', {}, ROOT_CONTEXT),
    );
    const sampled = (asked.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
    const [oldest] = this.#decided.keys();
    if (this.#decided.size >= MAX_DECIDED && oldest !== undefined) this.#decided.delete(oldest);
    this.#decided.set(traceId, sampled);
    return sampled;
  }
}

function openSpanOf(span: Span): OpenSpan {
  return {
    rename: (name) => {
      span.updateName(name);
    },
    set: (attributes) => {
      span.setAttributes(attributesOf(attributes));
    },
    fail: (type) => {
      span.setAttribute('error.type', type);
      span.setStatus({ code: SpanStatusCode.ERROR });
    },
  };
}

/** OpenTelemetry wants lists that it may change. */
function attributesOf(attributes: SpanAttributes): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

/** Failures of the table have a type; of any other error its class says as much as may be said. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}
