import {
  Client,
  Connection,
  type ConnectionOptions,
  type WorkflowClientInterceptor,
} from '@temporalio/client';
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { configuredConverter, payloadKeysOf } from '../payloads/converter.ts';
import { toGatewayError } from './failures.ts';
import { GatewayError } from './gateway-error.ts';
import { mayListen } from './listening.ts';
import { retries } from './retries.ts';

/** Long enough for a TLS handshake across the world, short enough for a person who waits for an error. */
const CONNECT_TIMEOUT_MS = 3_000;

/** Where Temporal is and how to get in, as its own environment configuration says. */
export interface ConnectionSettings {
  readonly address: string;
  readonly namespace: string;
  readonly tls: boolean;
  readonly options: ConnectionOptions;
}

export interface Connected {
  readonly client: Client;
  readonly connection: Connection;
  readonly settings: ConnectionSettings;
}

/**
 * Settings from `TEMPORAL_*` variables and Temporal's configuration file. Command-line flags arrive as the variables
 * that they stand for, so that there is one order of precedence. Fails `Invalid` when a file or profile can't be read.
 */
export function connectionSettings(
  environment: Readonly<Record<string, string | undefined>>,
): ConnectionSettings {
  // An empty variable means that it is not set, as in shells and container files.
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  try {
    payloadKeysOf(environment);
    const { connectionOptions, namespace } = toClientOptions(
      loadClientConfigProfile({ overrideEnvVars: Object.fromEntries(given) }),
    );
    const { address = 'localhost:7233', apiKey, tls, metadata } = connectionOptions;
    return {
      address,
      namespace: namespace ?? 'default',
      tls: tls !== undefined && tls !== null && tls !== false,
      options: {
        address,
        connectTimeout: CONNECT_TIMEOUT_MS,
        interceptors: [retries],
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(tls === undefined ? {} : { tls }),
        ...(metadata === undefined ? {} : { metadata }),
      },
    };
  } catch (error) {
    throw new GatewayError('Invalid', `Temporal's configuration can't be read: ${messageOf(error)}`, {
      help: 'Correct TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE, the TLS files, or the flags that stand for them.',
      cause: error,
    });
  }
}

/** Connects within a few seconds or fails `Unreachable`, at once if nobody listens at a port of this machine. The caller closes the connection. */
export async function connect(
  settings: ConnectionSettings,
  interceptors: WorkflowClientInterceptor[] = [],
): Promise<Connected> {
  try {
    await mayListen(settings.address);
    const connection = await Connection.connect(settings.options);
    return {
      client: new Client({
        ...{ connection, namespace: settings.namespace, dataConverter: configuredConverter() },
        interceptors: { workflow: interceptors },
      }),
      connection,
      settings,
    };
  } catch (error) {
    const known = toGatewayError(error);
    // A server that does not let us in is there; to start another one would be no help.
    if (known?.type === 'Forbidden') throw known;
    throw new GatewayError(
      'Unreachable',
      `Temporal can't be reached at ${settings.address}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
