import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ModelCall, modelCalls } from './model-calls.ts';

export interface StubModel {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The model's name comes first in every request; the rest is the conversation, which the stub does not look at. */
const modelName = /"model":"([^"]+)"/u;
const HEAD_CHARS = 400;

/**
 * A model that costs as little as a model server can, because what it costs would hide what is measured: it reads a
 * request without parsing it. The model's name says what it answers.
 */
export async function startStubModel(): Promise<StubModel> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(calls, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // Only a server on a pipe has a text here.
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  };
  return { url: `http://127.0.0.1:${port}/v1`, close };
}

async function answer(
  calls: Map<string, number>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let head = '';
  // Node types the chunks of a stream as any; a request without an encoding gives buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (head.length < HEAD_CHARS) head += chunk.toString('latin1', 0, HEAD_CHARS);
  }
  const model = modelName.exec(head)?.[1] ?? '';
  const [kind, turns] = model.split('.');
  const call = (calls.get(model) ?? 0) + 1;
  calls.set(model, call);
  const delta = call > Number(turns) ? { content: 'done' } : toolCall(kind as ModelCall, call); // Named by `stubModelName`.
  const frame = { id: `chatcmpl-${call}`, object: 'chat.completion.chunk', created: 0, model };
  const chunks = [
    { ...frame, choices: [{ index: 0, delta: { role: 'assistant', ...delta }, finish_reason: null }] },
    {
      ...frame,
      choices: [{ index: 0, delta: {}, finish_reason: 'content' in delta ? 'stop' : 'tool_calls' }],
    },
    { ...frame, choices: [], usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(
    [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''),
  );
}

function toolCall(kind: ModelCall, call: number) {
  const [name, args] = modelCalls[kind](call);
  const callee = { name, arguments: JSON.stringify(args) };
  return { tool_calls: [{ index: 0, id: `call_${call}`, type: 'function', function: callee }] };
}
