import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere): one of those may
 * be taken by any connection of any program while the server that had it is being restarted.
 */
const firstPort = 10_240;
const lastPort = 32_767;
const attempts = 100;

/** A port of the loopback interface that was free a moment ago. Somebody else may take it first: callers try again. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const port = randomInt(firstPort, lastPort + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${attempts} ports between ${firstPort} and ${lastPort} is free`);
}

/** Whether a server could listen on this port of the loopback interface right now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}
