import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { GatewayError } from '../gateway-error.ts';
import type { AdminEnvironment } from './environment.ts';
import { problemOf } from './middleware/problems.ts';

/** Requests are small, so one that is not here by then is a slow attack or a broken line. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than the server waits for Temporal, so that no answer that comes is cut off. */
const STOP_TIMEOUT_MS = 15_000;

export interface Listening {
  readonly url: string;
  /** Takes no more requests, and lets those in flight end. */
  readonly stop: () => void;
  readonly stopped: Promise<void>;
}

/** Fails `Conflict` when the port is taken and `Invalid` when the address is not one of this machine. */
export async function listen(
  app: RequestListener,
  { PERDURE_ADMIN_HOST: host, PERDURE_ADMIN_PORT: port }: AdminEnvironment,
): Promise<Listening> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, requireHostHeader: false },
    app,
  );
  server.on('clientError', (_error, socket) => {
    refuse(socket);
  });
  // An expectation that is not known may be passed over; Node would refuse it with an answer that is no problem document.
  server.on('checkExpectation', app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(notListening(error, host, port));
    });
    server.listen(port, host, resolve);
  });
  // A server that listens on TCP has an address object; only pipes have a string.
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    stopped: new Promise((resolve) => server.once('close', resolve)),
    stop: () => {
      server.close();
      setTimeout(() => {
        server.closeAllConnections();
      }, STOP_TIMEOUT_MS).unref();
    },
  };
}

function notListening({ code, message }: NodeJS.ErrnoException, host: string, port: number): GatewayError {
  if (code === 'EADDRINUSE')
    return new GatewayError('Conflict', `${host}:${port} is taken by another process.`, {
      help: 'Stop it, or set PERDURE_ADMIN_PORT to another port.',
    });
  return new GatewayError('Invalid', `can't listen at ${host}:${port} (${code ?? message}).`, {
    help: 'Correct PERDURE_ADMIN_HOST and PERDURE_ADMIN_PORT.',
  });
}

/** What is no HTTP never reaches the routes, and gets the same kind of answer. */
function refuse(socket: Duplex): void {
  if (!socket.writable) return;
  const body = JSON.stringify(problemOf('Invalid', 'This is no HTTP request that can be read.'));
  const head = ['HTTP/1.1 400 Bad Request', 'Connection: close', 'Content-Type: application/problem+json'];
  socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
