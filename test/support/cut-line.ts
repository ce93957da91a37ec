import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../temporal/free-port.ts';

/** A line to a server that can be cut: then nobody answers at its address, as if the server were down. */
export interface CutLine {
  readonly address: string;
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
}

export async function cutLineTo(address: string): Promise<CutLine> {
  const [host = '', port = ''] = address.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(at, '127.0.0.1', resolve);
    });
  // Nobody else gets this one by chance while the line is cut.
  const own = await freePort();
  await listen(own);
  return {
    address: `127.0.0.1:${own}`,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
    mend: () => listen(own),
  };
}
