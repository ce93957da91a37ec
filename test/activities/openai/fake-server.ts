import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ModelReply } from '../../../src/contracts/model.ts';
import { createOpenAiModel } from '../../../src/activities/openai/openai-model.ts';
import type { OpenAiOptions } from '../../../src/activities/openai/model-server.ts';
import type { ModelCall, ModelQuestion } from '../../../src/activities/ports.ts';

/** What a request asked, as the server sees it. */
export type Asked = Record<string, unknown> & { headers: IncomingMessage['headers']; path: string };
type Answer = (response: ServerResponse, asked: Asked) => void;

/** A model server of a few lines that answers its n-th request with its n-th answer, over real HTTP. */
export class FakeServer {
  readonly asked: Asked[] = [];
  answers: Answer[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** Listens for the tests of the suite that this is called in; each of them begins with nothing asked and nothing to answer. */
  serve(): void {
    before(() => this.listen());
    after(() => this.close());
    beforeEach(() => {
      this.answers = [];
      this.asked.length = 0;
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  get port(): number {
    // A server that listens on TCP always has an address of this form.
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The adapter sends nothing but JSON objects; the tests check the fields that they are about.
    const body = JSON.parse(await text(request)) as Record<string, unknown>;
    const asked = { ...body, headers: request.headers, path: request.url ?? '' };
    this.asked.push(asked);
    const answer = this.answers.shift();
    if (answer === undefined) response.writeHead(501).end('unexpected request');
    else answer(response, asked);
  }
}

export const question: ModelQuestion = {
  model: 'test-model',
  messages: [{ role: 'user', text: 'How much is it?' }],
  tools: [],
  maxOutputTokens: 1000,
};

/** Answers with a document in one go. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return raw(JSON.stringify(body), { 'content-type': 'application/json', ...headers }, status);
}

export function raw(body: string, headers: Record<string, string>, status = 200): Answer {
  return (response) => {
    response.writeHead(status, headers).end(body);
  };
}

/** Answers with a stream of these pieces, then `[DONE]`. */
export function stream(...pieces: unknown[]): Answer {
  return raw(events(...pieces) + 'data: [DONE]\n\n', { 'content-type': 'text/event-stream' });
}

export function events(...pieces: unknown[]): string {
  return pieces.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join('');
}

export function delta(piece: unknown, finishReason: unknown = null): unknown {
  return { choices: [{ index: 0, delta: piece, finish_reason: finishReason }] };
}

export function message(content: unknown, finishReason: unknown = 'stop'): unknown {
  return { choices: [{ index: 0, message: content, finish_reason: finishReason }] };
}

/** Asks the server once, with a model port of its own. */
export async function ask(
  server: FakeServer,
  asked: Partial<ModelQuestion> = {},
  options: OpenAiOptions = {},
  call: Partial<ModelCall> = {},
): Promise<ModelReply> {
  const model = createOpenAiModel({ baseUrl: server.baseUrl, ...options });
  return model.reply(
    { ...question, ...asked },
    { signal: new AbortController().signal, onPartial: () => undefined, ...call },
  );
}
