import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { ConfigurationError, unlessEmpty } from './environment.ts';

/** A server that is starting answers within this time; one that does not is not there. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Connects as Temporal's own environment configuration says: address, namespace, TLS, API key, profile. */
export async function connect(): Promise<{
  connection: NativeConnection;
  namespace: string;
  address: string;
}> {
  const config = loadClientConnectConfig({ overrideEnvVars: unlessEmpty(process.env) });
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
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      `no Temporal server answers at ${address} (${reason}). Start one with "make dev", or set TEMPORAL_ADDRESS.`,
    );
  } finally {
    clearTimeout(timer);
  }
}
