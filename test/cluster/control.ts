import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import type { Cluster } from './cluster.ts';

/**
 * Takes orders for a cluster from the processes that run tests on it, over HTTP on the loopback interface; the answer
 * comes when the order has been carried out. `test/support/test-server.ts` sends them.
 */
export async function startControl(cluster: Cluster): Promise<{ url: string; server: Server }> {
  const orders: Record<string, (body: unknown) => Promise<object>> = {
    '/namespace': async (body) => {
      const dynamicConfig = z.record(z.string(), z.number()).parse(body);
      return { address: cluster.address, namespace: await cluster.createNamespace(dynamicConfig) };
    },
    '/restart/server': async () => {
      await cluster.restartServer();
      return {};
    },
    '/restart/database': async () => {
      await cluster.database.restart();
      return {};
    },
  };
  const server = createServer((request, response) => {
    const order = orders[request.url ?? ''];
    void text(request)
      .then((body) => {
        if (order === undefined) throw new Error(`there is no order ${request.url ?? ''}`);
        return order(JSON.parse(body));
      })
      .then(
        (answer) => response.end(JSON.stringify(answer)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an address object; only pipes have a string.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server };
}
