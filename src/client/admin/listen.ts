import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { GatewayError } from '../gateway-error.ts';
import type { AdminEnvironment } from './environment.ts';
import { problemOf } from './middleware/problems.ts';

/** Requests are small, so one that is not here by then is a slow attack or a broken line. */
const patience: Patience = { requestTimeout: 30_000, headersTimeout: 10_000 };
/** Longer than the server waits for Temporal, so that no answer that comes is cut off. */
const STOP_TIMEOUT_MS = 15_000;

/** How long a whole request and its headers may take, and how often that is looked at, in ms: as `http.createServer` takes it. */
type Patience = Pick<ServerOptions, 'requestTimeout' | 'headersTimeout' | 'connectionsCheckingInterval'>;

export interface Listening {
  readonly url: string;
  /** Takes no more requests, and lets those in flight end. */
  readonly stop: () => void;
  readonly stopped: Promise<void>;
}

/** Fails `Conflict` when the port is taken and `Invalid` when the address is not one of this machine. */
export async function listen(
  app: RequestListener,
  {
    PERDURE_ADMIN_HOST: host,
    PERDURE_ADMIN_PORT: port,
  }: Pick<AdminEnvironment, 'PERDURE_ADMIN_HOST' | 'PERDURE_ADMIN_PORT'>,
  limits = patience,
): Promise<Listening> {
  const server = createServer({ ...limits, requireHostHeader: false }, app);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // What an HTTP server hands out here are connections of TCP.
    refuse(socket as Socket, error);
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

/**
 * What is no HTTP never reaches the routes, and gets the same kind of answer. A connection that a browser has opened ahead of
 * need gets none: it would take one for the answer to the request that it is just sending, and sends that again if there is none.
 */
function refuse(socket: Socket, { code }: NodeJS.ErrnoException): void {
  const isLate = code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (!socket.writable || (isLate && socket.bytesRead === 0)) {
    socket.destroy();
    return;
  }
  const problem = isLate
    ? problemOf('RequestTimeout', 'The request was not here in time.')
    : problemOf('Invalid', 'This is no HTTP request that can be read.');
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    ...['Connection: close', 'Content-Type: application/problem+json'],
  ];
  socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
