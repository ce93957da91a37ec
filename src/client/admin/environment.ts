import { resolve } from 'node:path';
import * as z from 'zod';
import { PayloadKeys } from '../../payloads/payload-keys.ts';
import { GatewayError } from '../gateway-error.ts';

/** Names and addresses without a port, as they stand in the header Host. */
const Hosts = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
  .pipe(
    z.array(
      z.string().regex(/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/, 'names without a port, with commas between'),
    ),
  );

/** Nothing but where it is: pages, links and cookies hold for the whole host. */
const OwnUrl = z
  .string()
  .refine((text) => /^https?:\/\/[^/?#@]+\/?$/.test(text) && URL.canParse(text), {
    message: 'http:// or https://, a host and a port if need be, and nothing more',
  })
  .transform((text) => new URL(text));

const AdminEnvironment = z.object({
  PERDURE_ADMIN_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes a free one; the log names it. */
  PERDURE_ADMIN_PORT: z.coerce
    .number({ message: 'must be a whole number' })
    .int()
    .min(0)
    .max(65_535)
    .default(4_400),
  /** By which other names browsers and senders reach it, through a proxy for instance. */
  PERDURE_ADMIN_ALLOWED_HOSTS: Hosts.default([]),
  /** Where people open the pages, if it is not where the server listens. With https, cookies go over HTTPS only. */
  PERDURE_ADMIN_URL: OwnUrl.optional(),
  /** Where people open Temporal's own Web UI; pages link to it. */
  PERDURE_TEMPORAL_UI_URL: OwnUrl.optional(),
  /** As the workers have them: for the codec server. */
  PERDURE_PAYLOAD_KEYS: PayloadKeys.optional(),
  PERDURE_TASK_QUEUE: z.string().min(1).default('perdure'),
  PERDURE_AGENTS_DIR: z
    .string()
    .min(1)
    .default('agents')
    .transform((folder) => resolve(folder)),
  /** Where tokens are. */
  PERDURE_DATA_DIR: z.string().min(1).default('.perdure'),
  /** Of one token, and ten times as many from one address. */
  PERDURE_ADMIN_REQUESTS_PER_MINUTE: z.coerce
    .number({ message: 'must be a whole number' })
    .int()
    .min(1)
    .max(1_000_000)
    .default(600),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
});
export type AdminEnvironment = z.output<typeof AdminEnvironment>;

/** The admin server's settings. Fails `Invalid` with one line that names every variable that is wrong. */
export function readAdminEnvironment(env: NodeJS.ProcessEnv): AdminEnvironment {
  // An empty variable means that it is not set, as in shells and container files.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = AdminEnvironment.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  throw new GatewayError('Invalid', lines.join('; '));
}

/** Where people open the pages. Fails `Invalid` when only the running server knows its port. */
export function adminUrlOf({
  PERDURE_ADMIN_URL: url,
  PERDURE_ADMIN_HOST: host,
  PERDURE_ADMIN_PORT: port,
}: AdminEnvironment): URL {
  if (url !== undefined) return url;
  if (port === 0)
    throw new GatewayError('Invalid', 'PERDURE_ADMIN_PORT=0 does not say where the admin server is.', {
      help: 'Set PERDURE_ADMIN_URL to the address that its log names.',
    });
  // Everywhere is no address that a browser opens.
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return new URL(`http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`);
}
