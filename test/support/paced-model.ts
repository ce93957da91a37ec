import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './stage.ts';

/** A model server that says what a test makes it say, when the test does; it has one reply, the same for every call. */
export interface PacedModel {
  readonly url: string;
  /** Words of the reply that is being written; waits until somebody asks for one. */
  readonly say: (words: string) => Promise<void>;
  /** Ends the reply. */
  readonly end: () => void;
  readonly close: () => Promise<void>;
}

/** Streams one reply at a time, as slowly as a person reads. A caller that goes away is forgotten. */
export async function pacedModel(): Promise<PacedModel> {
  let current: ServerResponse | undefined;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ delta: { role: 'assistant', content: '' } }));
    current = response;
    response.on('close', () => {
      if (current === response) current = undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address object; only pipes have a string.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    say: async (words) => {
      await until('somebody asks the model', () => current !== undefined);
      current?.write(chunk({ delta: { content: words } }));
    },
    end: () => {
      current?.end(`${chunk({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`);
      current = undefined;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function chunk(choice: object): string {
  const body = { id: 'paced', object: 'chat.completion.chunk', created: 0, model: 'paced' };
  return `data: ${JSON.stringify({ ...body, choices: [{ index: 0, finish_reason: null, ...choice }] })}\n\n`;
}
