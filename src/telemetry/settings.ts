import * as z from 'zod';

const url = z
  .string()
  .refine((text) => /^https?:/.test(text) && URL.canParse(text), 'must be a URL like http://localhost:4318');

/** OpenTelemetry's own variables, of those that decide whether and how; its SDK reads the rest. */
const Environment = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: z.string().optional(),
});

export const TraceProtocol = z.enum(['http/protobuf', 'http/json']);
export type TraceProtocol = z.infer<typeof TraceProtocol>;

export interface TraceSettings {
  readonly protocol: TraceProtocol;
  readonly serviceName: string;
  /** Prompts, replies, arguments and results in spans. */
  readonly content: boolean;
}

/**
 * How to trace; undefined unless an OTLP endpoint is configured, so that nothing of OpenTelemetry need be loaded. Throws one line
 * that names the variables that are wrong.
 */
export function traceSettings(env: NodeJS.ProcessEnv, serviceName: string): TraceSettings | undefined {
  // An empty variable means that it is not set, as in shells and container files.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success)
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  const settings = parsed.data;
  const endpoint = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isOff =
    endpoint === undefined ||
    settings.OTEL_SDK_DISABLED?.toLowerCase() === 'true' ||
    settings.OTEL_TRACES_EXPORTER === 'none';
  if (isOff) return undefined;
  const asked = settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL;
  const protocol = TraceProtocol.default('http/protobuf').safeParse(asked);
  if (!protocol.success)
    throw new Error(
      `OTEL_EXPORTER_OTLP_PROTOCOL: one of ${TraceProtocol.options.join(', ')}, not ${String(asked)}`,
    );
  return {
    protocol: protocol.data,
    serviceName: settings.OTEL_SERVICE_NAME ?? serviceName,
    content: /^(true|span_only|span_and_event)$/i.test(
      settings.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT ?? '',
    ),
  };
}
