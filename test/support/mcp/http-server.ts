import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { freePort } from '../../../temporal/free-port.ts';
import { strangeTools } from './strange-tools.ts';

/** A request as it came, its body read. */
export interface Asked {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  /** The method of the protocol, if the body has one. */
  readonly rpc: string;
  readonly id: unknown;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  readonly asked: readonly Asked[];
  /** Answers requests in place of the tools while it is set and gives true. */
  instead: ((asked: Asked, response: ServerResponse) => boolean) | undefined;
  readonly close: () => Promise<void>;
}

/** The strange tools by streamable HTTP, each request by itself, with an eye on what is asked. */
export async function startHttpServer(
  folder: string,
  options: { json: boolean; port?: number },
): Promise<HttpServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body = (text === '' ? {} : JSON.parse(text)) as { method?: string; id?: unknown };
    const now = {
      method: request.method ?? '',
      headers: request.headers,
      rpc: body.method ?? '',
      id: body.id,
    };
    asked.push(now);
    if (started.instead?.(now, response) === true) return;
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: options.json });
    await strangeTools(folder).connect(transport);
    await transport.handleRequest(request, response, body);
  };
  // It may be closed and come back, and nobody is to have its port meanwhile.
  const wanted = options.port ?? (await freePort());
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  // A server that listens on TCP has an address object; only pipes have a string.
  const { port } = server.address() as AddressInfo;
  const started: HttpServer = {
    port,
    url: `http://127.0.0.1:${port}/mcp`,
    asked,
    instead: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return started;
}
