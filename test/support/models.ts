import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelAnswer } from '../../src/simulator/model-answer.ts';
import {
  createModelServer,
  type ModelRequest,
  type ModelServer,
  type ModelServerOptions,
} from '../../src/simulator/model-server.ts';

/** What a model says next; it has the request, so that it can look at what it was told. */
export type Step = ModelAnswer | ((request: ModelRequest) => ModelAnswer | Promise<ModelAnswer>);

export interface ModelDescription extends ModelServerOptions {
  readonly script: readonly Step[];
}

export interface ModelSwitch {
  readonly url: string;
  /** What a model was not asked for. */
  readonly left: (model: string) => number;
  /** What steps that look at their request found wrong, by model; its server answers such a call with an error. */
  readonly complaints: (model: string) => readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * One address for many models, each with a server of its own that has habits of its own and follows a script. A call
 * beyond the script is refused as a wrong request, which nobody retries.
 */
export async function switchOfModels(
  models: Readonly<Record<string, ModelDescription>>,
): Promise<ModelSwitch> {
  const scripts = new Map<string, Step[]>();
  const servers = new Map<string, ModelServer>();
  const complaints = new Map<string, string[]>();
  for (const [name, { script, ...options }] of Object.entries(models)) {
    const steps = [...script];
    scripts.set(name, steps);
    const found: string[] = [];
    complaints.set(name, found);
    servers.set(name, await createModelServer((asked) => nextAnswer(steps, asked, found), options));
  }
  const front = createServer((incoming, outgoing) => {
    void forward(incoming, outgoing, servers);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address object; only pipes have a string.
  const { port } = front.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    left: (model) => scripts.get(model)?.length ?? 0,
    complaints: (model) => complaints.get(model) ?? [],
    close: async () => {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      for (const server of servers.values()) await server.close();
    },
  };
}

async function nextAnswer(steps: Step[], asked: ModelRequest, complaints: string[]): Promise<ModelAnswer> {
  const step = steps.shift();
  if (step === undefined) {
    return { fault: 'status', status: 400, body: { error: { message: 'not in the script' } } };
  }
  try {
    return typeof step === 'function' ? await step(asked) : step;
  } catch (error) {
    complaints.push(String(error));
    throw error;
  }
}

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  servers: ReadonlyMap<string, ModelServer>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { model } = JSON.parse(body.toString()) as { model: string };
  const server = servers.get(model);
  if (server === undefined) {
    outgoing.writeHead(404).end(`there is no model ${model}`);
    return;
  }
  const { method, headers, url } = incoming;
  const onward = request({ host: '127.0.0.1', port: server.port, path: url, method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.on('error', () => outgoing.destroy());
    answer.pipe(outgoing);
  });
  // A connection that breaks on one side breaks on the other: that is what some of the models are for.
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  onward.end(body);
}

/** A reply that calls tools. */
export function calls(...toolCalls: [name: string, args: Record<string, unknown>][]): ModelAnswer {
  return { toolCalls: toolCalls.map(([name, args]) => ({ name, arguments: args })) };
}

export function finish(result: unknown = 'done'): ModelAnswer {
  return calls(['finish', { result }]);
}

/** What the model was told last, as text. */
export function lastMessage({ body }: ModelRequest): string {
  const content = body.messages.at(-1)?.content;
  return typeof content === 'string' ? content : JSON.stringify(content);
}
