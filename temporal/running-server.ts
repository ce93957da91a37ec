import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { SetupError } from './setup-error.ts';

/** A Temporal server as configured by the environment, whether or not it runs. */
export interface ConfiguredServer {
  readonly host: string;
  readonly port: number;
  readonly namespace: string;
  /** Whether somebody named the address, or it is the one that is taken otherwise. */
  readonly isChosen: boolean;
  /** Whether whoever named no address looks there too. */
  readonly isUsual: boolean;
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
}

const defaultPort = 7_233;
const callTimeoutMs = 5_000;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Reads Temporal's own environment configuration (variables, profile file). */
export function configuredServer(env: NodeJS.ProcessEnv): ConfiguredServer {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const { connectionOptions, namespace } = loaded(Object.fromEntries(entries));
  const address = connectionOptions.address ?? `localhost:${defaultPort}`;
  const [, host, port] = /^(.+):(\d+)$/.exec(address) ?? [];
  if (host === undefined || port === undefined) {
    throw new SetupError(`TEMPORAL_ADDRESS "${address}" is not of the form host:port.`);
  }
  const isChosen = connectionOptions.address !== undefined;
  return {
    ...{ host, port: Number(port), namespace: namespace ?? 'default' },
    ...{ isChosen, isUsual: Number(port) === defaultPort, connectionOptions },
  };
}

function loaded(overrideEnvVars: Record<string, string>): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars });
  } catch (error) {
    throw new SetupError(
      `Temporal's configuration can't be read (${String(error)}): correct TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE or the TLS files.`,
    );
  }
}

/**
 * True when a Temporal server answers there, false when nothing does and one may be started there. Anything between
 * the two is an error: starting a second server beside a sick one would hide agents from whoever looks for them.
 */
export async function answers(server: ConfiguredServer): Promise<boolean> {
  const address = `${server.host}:${server.port}`;
  if (!(await listens(server))) {
    if (loopback.has(server.host)) return false;
    throw new SetupError(`No Temporal server answers at ${address}: start it, or correct TEMPORAL_ADDRESS.`);
  }
  const problem = await callProblem(server);
  if (problem === undefined) return true;
  throw new SetupError(
    `Something listens at ${address} but does not answer as a Temporal server with namespace "${server.namespace}" (${problem}): ` +
      `stop it, or set TEMPORAL_ADDRESS or TEMPORAL_NAMESPACE to another.`,
  );
}

/** Runs one call against the server; the connection lives as long as the call. */
export async function withConnection<T>(
  server: ConfiguredServer,
  call: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = Connection.lazy({
    ...server.connectionOptions,
    address: `${server.host}:${server.port}`,
  });
  try {
    return await connection.withDeadline(Date.now() + callTimeoutMs, () => call(connection));
  } finally {
    await connection.close();
  }
}

async function callProblem(server: ConfiguredServer): Promise<string | undefined> {
  try {
    await withConnection(server, (connection) =>
      connection.workflowService.describeNamespace({ namespace: server.namespace }),
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function listens(server: ConfiguredServer): Promise<boolean> {
  return new Promise((resolve) => {
    const host = server.host.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: server.port, timeout: callTimeoutMs });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('timeout', () => {
      settle(false);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
}
