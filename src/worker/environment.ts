import { resolve } from 'node:path';
import * as z from 'zod';
import { PayloadKeys } from '../payloads/payload-keys.ts';

const integer = (name: string, fallback: number, min: number, max: number) =>
  z.coerce
    .number({ message: `${name} must be a whole number` })
    .int()
    .min(min)
    .max(max)
    .default(fallback);

/** From 2, because a task queue that lets one call through can't be kept from a second one soon after. */
const limit = (name: string) =>
  z.coerce
    .number({ message: `${name} must be a whole number` })
    .int()
    .min(2)
    .max(1_000_000)
    .optional();

/** An empty variable means that it is not set, as in shells and container files. */
export function unlessEmpty(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value]],
    ),
  );
}

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** `9464`, `0.0.0.0:9464`, `[::1]:9464`: a port alone is one of this machine only. */
const metricsAddress = z
  .string()
  .regex(/^(?:(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):)?\d{1,5}$/, 'a port, or an address with one like 0.0.0.0:9464')
  .transform((text): MetricsAddress => {
    const [, host = '127.0.0.1', port = ''] = /^(?:\[?(.+?)\]?:)?(\d+)$/.exec(text) ?? [];
    return { host, port: Number(port) };
  })
  .refine(({ port }) => port <= 65_535, 'a port is at most 65535');

const Environment = z.object({
  PERDURE_TASK_QUEUE: z.string().min(1).default('perdure'),
  PERDURE_AGENTS_DIR: z.string().min(1).default('agents'),
  PERDURE_TOOLS_DIR: z.string().optional(),
  PERDURE_WORKSPACE: z.string().min(1).default('workspace'),
  PERDURE_DATA_DIR: z.string().min(1).default('.perdure'),
  PERDURE_MODEL: z.string().optional(),
  PERDURE_MODEL_SLOTS: integer('PERDURE_MODEL_SLOTS', 50, 1, 10_000),
  /** By default as many as the heap has room for. */
  PERDURE_CACHED_AGENTS: z.coerce
    .number({ message: 'PERDURE_CACHED_AGENTS must be a whole number' })
    .int()
    .min(2)
    .max(100_000)
    .optional(),
  /** At most one of the two; the same on every worker of a task queue. */
  PERDURE_MODEL_CALLS_PER_SECOND: limit('PERDURE_MODEL_CALLS_PER_SECOND'),
  PERDURE_MODEL_CALLS_PER_MINUTE: limit('PERDURE_MODEL_CALLS_PER_MINUTE'),
  PERDURE_TOOL_SLOTS: integer('PERDURE_TOOL_SLOTS', 50, 1, 10_000),
  PERDURE_SHUTDOWN_GRACE_SECONDS: integer('PERDURE_SHUTDOWN_GRACE_SECONDS', 20, 0, 3_600),
  /** Opt-in Worker Deployment Versioning: both must be set. */
  PERDURE_DEPLOYMENT: z.string().optional(),
  PERDURE_BUILD_ID: z.string().optional(),
  /** `pinned`: agents stay on the build that they are on, because its workers are kept. */
  PERDURE_VERSIONING: z.enum(['auto-upgrade', 'pinned']).default('auto-upgrade'),
  /** Of admin servers with another data folder, with commas between. */
  PERDURE_TRUSTED_KEYS: z
    .string()
    .regex(/^[0-9a-f]{64}(,[0-9a-f]{64}){0,9}$/, 'public keys of 64 hexadecimal digits, at most 10')
    .transform((keys) => keys.split(','))
    .optional(),
  /** Changes of what agents do that are not made yet, so that the build before this one can still take over. */
  PERDURE_HOLD_CHANGES: z.string().optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z
    .string()
    .refine((url) => /^https?:/.test(url) && URL.canParse(url), 'must be a URL like http://localhost:4500/v1')
    .optional(),
  /** Who is told by webhook of what agents ask; both must be set. */
  PERDURE_NOTIFY_URL: z
    .string()
    .refine(
      (url) => /^https?:/.test(url) && URL.canParse(url),
      'must be a URL like https://chat.example/hooks/1',
    )
    .transform((url) => new URL(url))
    // Node's fetch sends nothing to such an address.
    .refine(
      ({ username, password }) => username === '' && password === '',
      'must have no user and password in it: what is sent is signed with PERDURE_NOTIFY_SECRET',
    )
    .optional(),
  PERDURE_NOTIFY_SECRET: z.string().optional(),
  /** Where people open the admin pages, for the links in what they are told. */
  PERDURE_ADMIN_URL: z
    .string()
    .refine((url) => /^https?:/.test(url) && URL.canParse(url), 'must be a URL like https://perdure.example')
    .transform((url) => new URL(url))
    .optional(),
  /** Whether runs are archived when they close, and what audits say of what was said and done. */
  PERDURE_ARCHIVE: z.enum(['on', 'off']).default('on'),
  PERDURE_AUDIT: z.enum(['hashes', 'values']).default('hashes'),
  /** Encrypts what agents say and do in their histories; without keys it is plain JSON. Read where the converter is made. */
  PERDURE_PAYLOAD_KEYS: PayloadKeys.optional(),
  /** Serves numbers for Prometheus; 0 takes a free port, which the log names. */
  PERDURE_METRICS_PORT: metricsAddress.optional(),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
});

export type WorkerEnvironment = ReturnType<typeof readEnvironment>;

/** The worker's settings. Throws with one line that names every variable that is wrong. */
export function readEnvironment(env: NodeJS.ProcessEnv) {
  const parsed = Environment.safeParse(unlessEmpty(env));
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ConfigurationError(lines.join('; '));
  }
  const settings = parsed.data;
  if ((settings.PERDURE_DEPLOYMENT === undefined) !== (settings.PERDURE_BUILD_ID === undefined)) {
    throw new ConfigurationError('PERDURE_DEPLOYMENT and PERDURE_BUILD_ID belong together: set both or none');
  }
  if (
    settings.PERDURE_MODEL_CALLS_PER_SECOND !== undefined &&
    settings.PERDURE_MODEL_CALLS_PER_MINUTE !== undefined
  ) {
    throw new ConfigurationError(
      'PERDURE_MODEL_CALLS_PER_SECOND and PERDURE_MODEL_CALLS_PER_MINUTE exclude each other: set the stricter one',
    );
  }
  if ((settings.PERDURE_NOTIFY_URL === undefined) !== (settings.PERDURE_NOTIFY_SECRET === undefined)) {
    throw new ConfigurationError(
      'PERDURE_NOTIFY_URL and PERDURE_NOTIFY_SECRET belong together: set both or none',
    );
  }
  const { PERDURE_TOOLS_DIR: tools } = settings;
  return {
    ...settings,
    PERDURE_AGENTS_DIR: resolve(settings.PERDURE_AGENTS_DIR),
    ...(tools === undefined ? {} : { PERDURE_TOOLS_DIR: resolve(tools) }),
    PERDURE_WORKSPACE: resolve(settings.PERDURE_WORKSPACE),
    PERDURE_DATA_DIR: resolve(settings.PERDURE_DATA_DIR),
  };
}

/** The process can't start as it is configured; the message says what to change. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
