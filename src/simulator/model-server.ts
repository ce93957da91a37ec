import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChatRequest, pairingProblem } from './chat-request.ts';
import { completionOf, type Completion } from './completion.ts';
import { replyOf } from './fault-reply.ts';
import type { ModelAnswer, Quirks } from './model-answer.ts';
import { sendError, sendJson } from './respond.ts';
import { sendCompletion } from './send-completion.ts';
import { actOut } from './wire-fault.ts';

/** More than any context window needs; a larger body is a mistake of the client. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Requests kept for a test to look at; a server that runs for weeks must not grow. */
const MAX_RECORDED_REQUESTS = 1_000;

/** One request as a handler sees it. `call` counts from 1; `signal` aborts when the client is gone. */
export interface ModelRequest {
  readonly body: ChatRequest;
  readonly headers: IncomingHttpHeaders;
  readonly call: number;
  readonly signal: AbortSignal;
}

export type ModelHandler = (request: ModelRequest) => ModelAnswer | Promise<ModelAnswer>;

export interface ModelServerOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Pause between two chunks of a stream, in milliseconds; 0 by default. */
  readonly chunkDelayMs?: number;
  readonly quirks?: Quirks;
  /** Names for `GET /v1/models`. */
  readonly models?: readonly string[];
  /** Answer conversations whose tool calls and tool messages don't pair up, which the real service refuses. */
  readonly acceptUnpaired?: boolean;
  /** Further documents to serve: path to maker. */
  readonly documents?: Readonly<Record<string, () => unknown>>;
}

export interface ModelServer {
  /** The base URL for a client: `http://127.0.0.1:<port>/v1`. */
  readonly url: string;
  readonly port: number;
  /** The latest requests for completions, oldest first; bounded. */
  readonly requests: readonly ModelRequest[];
  /** Stops listening and ends every open connection. */
  close(): Promise<void>;
}

/** Starts an OpenAI-compatible server on 127.0.0.1 whose model is the given handler. Rejects if the port is taken. */
export async function createModelServer(
  handler: ModelHandler,
  options: ModelServerOptions = {},
): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const state: ServerState = { handler, options, requests, calls: 0 };
  const server = createServer((request, response) => {
    route(state, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendError(response, 500, 'server_error', `The simulator failed: ${String(error)}`);
    });
  });
  const port = await listen(server, options.port ?? 0);
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  };
  return { url: `http://127.0.0.1:${port}/v1`, port, requests, close };
}

interface ServerState {
  readonly handler: ModelHandler;
  readonly options: ModelServerOptions;
  readonly requests: ModelRequest[];
  calls: number;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  // A server that listens on TCP has an address object; only pipes have a string.
  return (server.address() as AddressInfo).port;
}

async function route(state: ServerState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://simulator').pathname;
  const operation = `${request.method ?? 'GET'} ${path}`;
  const document = request.method === 'GET' ? state.options.documents?.[path] : undefined;
  if (document !== undefined) {
    sendJson(response, 200, document());
  } else if (operation === 'GET /healthz') {
    sendJson(response, 200, { status: 'ok', service: 'simulator' });
  } else if (operation === 'GET /v1/models') {
    const names = state.options.models ?? ['simulator'];
    const data = names.map((id) => ({ id, object: 'model', created: 0, owned_by: 'simulator' }));
    sendJson(response, 200, { object: 'list', data });
  } else if (operation === 'POST /v1/chat/completions') {
    await complete(state, request, response);
  } else {
    sendError(response, 404, 'not_found_error', `The simulator serves no ${operation}.`);
  }
}

async function complete(
  state: ServerState,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = await readBody(incoming);
  if (text === undefined) {
    sendError(response, 413, 'invalid_request_error', `A request may have ${MAX_BODY_BYTES} bytes.`);
    return;
  }
  const parsed = parseRequest(text);
  if ('problem' in parsed) {
    sendError(response, 400, 'invalid_request_error', parsed.problem);
    return;
  }
  const { body } = parsed;
  const unpaired = state.options.acceptUnpaired === true ? undefined : pairingProblem(body.messages);
  if (unpaired !== undefined) {
    sendError(response, 400, 'invalid_request_error', unpaired);
    return;
  }
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  state.calls += 1;
  const request: ModelRequest = { body, headers: incoming.headers, call: state.calls, signal: gone.signal };
  state.requests.push(request);
  if (state.requests.length > MAX_RECORDED_REQUESTS) state.requests.shift();
  await answer(state, request, response);
}

async function answer(state: ServerState, request: ModelRequest, response: ServerResponse): Promise<void> {
  const given = await state.handler(request);
  // The client may have gone while the handler waited; then there is nobody to answer.
  if (request.signal.aborted) return;
  const { body, call, signal } = request;
  const { options } = state;
  const pace = { delayMs: options.chunkDelayMs ?? 0, signal };
  const render = (reply: Extract<ReturnType<typeof replyOf>, { reply: unknown }>['reply']): Completion =>
    completionOf(body, reply, options.quirks ?? {}, call);
  const outcome = 'fault' in given ? replyOf(given, body) : { reply: given };
  if ('reply' in outcome) await sendCompletion(response, body, render(outcome.reply), pace);
  else await actOut(outcome.wire, { response, body, render, pace });
}

function parseRequest(text: string): { body: ChatRequest } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'The body is not JSON.' };
  }
  const parsed = ChatRequest.safeParse(json);
  if (parsed.success) return { body: parsed.data };
  const issue = parsed.error.issues[0];
  return { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}` };
}

async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Node types the chunks of a stream as any; a request without an encoding gives buffers.
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
