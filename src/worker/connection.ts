import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { ConfigurationError, unlessEmpty } from './environment.ts';

/** A server that is starting answers within this time; one that does not is not there. */
const CONNECT_TIMEOUT_MS = 10_000;

function configured(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars: unlessEmpty(process.env) });
  } catch (error) {
    throw new ConfigurationError(
      `Temporal's configuration can't be read: ${messageOf(error)}. Correct TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE or the TLS files.`,
    );
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Connects as Temporal's own environment configuration says: address, namespace, TLS, API key, profile. */
export async function connect(): Promise<{
  connection: NativeConnection;
  namespace: string;
  address: string;
}> {
  const config = configured();
  const address = config.connectionOptions.address ?? 'localhost:7233';
  const namespace = config.namespace ?? 'default';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer'));
    }, CONNECT_TIMEOUT_MS);
  });
  try {
    const connection = await Promise.race([
      NativeConnection.connect({ ...config.connectionOptions, address }),
      late,
    ]);
    return { connection, namespace, address };
  } catch (error) {
    throw new ConfigurationError(
      `no Temporal server answers at ${address} (${messageOf(error)}). Start one with "make dev", or set TEMPORAL_ADDRESS.`,
    );
  } finally {
    clearTimeout(timer);
  }
}
