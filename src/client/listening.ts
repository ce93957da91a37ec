import { connect } from 'node:net';

/** Ways to name this machine, where no proxy stands between. */
const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\]):(\d+)$/;

/** A port of this machine answers or refuses at once; whatever does neither is for the gRPC client to find out. */
const LOOK_TIMEOUT_MS = 1_000;

/**
 * Rejects if it is certain that nobody listens at an address of this machine. The gRPC client goes on trying until its
 * deadline also when the port refuses, and somebody who has only forgotten to start the server should not have to sit
 * through that.
 */
export async function mayListen(address: string): Promise<void> {
  const [, host, port] = LOOPBACK.exec(address) ?? [];
  if (host === undefined) return;
  await new Promise<void>((resolve, reject) => {
    const settings = { host: host.replace(/[[\]]/g, ''), port: Number(port), timeout: LOOK_TIMEOUT_MS };
    const socket = connect(settings);
    const leave = (): void => {
      socket.destroy();
      resolve();
    };
    socket.once('connect', leave);
    socket.once('timeout', leave);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') reject(new Error('nothing listens there'));
      else resolve();
    });
  });
}
