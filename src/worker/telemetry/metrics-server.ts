import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { ConfigurationError, type MetricsAddress } from '../environment.ts';
import type { Numbers } from './numbers.ts';

/** The SDK's own exporter answers from memory, on this machine. */
const SDK_TIMEOUT_MS = 2_000;

export interface MetricsServer {
  readonly url: string;
  readonly close: () => void;
}

/**
 * Serves `/metrics` for Prometheus: the worker's numbers, and behind them those of Temporal's SDK, which has an exporter of its own
 * that nobody else need find. Fails with `ConfigurationError` when the address can't be had.
 */
export async function serveMetrics(
  { host, port }: MetricsAddress,
  numbers: Numbers,
  sdkAddress: string,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void Promise.all([numbers.text(), sdkText(sdkAddress)]).then((texts) => {
      response.writeHead(200, { 'Content-Type': numbers.contentType }).end(texts.join('\n'));
    });
  });
  const { port: taken } = await listening(server, host, port);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The SDK takes no port 0. Between this and its start the port may be taken by somebody else; then the worker says so. */
export async function freeAddress(): Promise<string> {
  const server = createSocketServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // It listens on TCP; only pipes have a string.
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

/** Without it the worker's own numbers are still worth having. */
async function sdkText(address: string): Promise<string> {
  try {
    const response = await fetch(`http://${address}/metrics`, {
      signal: AbortSignal.timeout(SDK_TIMEOUT_MS),
    });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}

async function listening(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'another process has it' : error.message;
      reject(new ConfigurationError(`PERDURE_METRICS_PORT: can't listen at ${host}:${port}: ${reason}`));
    });
    server.listen(port, host, resolve);
  });
  // A worker that can't start, or has ended, must not go on for its numbers.
  server.unref();
  return server.address() as AddressInfo; // As above.
}
