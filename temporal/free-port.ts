import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { SetupError } from './setup-error.ts';

/**
 * Below the ports that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere): one of those may
 * be taken by any connection of any program while the server that had it is being restarted.
 */
const firstPort = 10_240;
const lastPort = 32_767;
const attempts = 100;
const highestPort = 65_535;

/** Where Temporal's own dev server puts its Web UI. */
const uiPortOffset = 1_000;

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

/** The port that a variable names, 0 being any that is free, or the usual one. A `SetupError` if it names none. */
export async function portIn(env: NodeJS.ProcessEnv, variable: string, usual: number): Promise<number> {
  const text = env[variable];
  if (text === undefined || text === '') return usual;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > highestPort)
    throw new SetupError(`${variable} "${text}" is not a port.`);
  return port === 0 ? await freePort() : port;
}

/** For the Web UI of a dev server: where people look for it, if that is free. */
export async function uiPortBeside(port: number): Promise<number> {
  const usual = port + uiPortOffset;
  return usual <= highestPort && (await isFree(usual)) ? usual : await freePort();
}
