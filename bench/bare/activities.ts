import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { OpenAI } from 'openai';
import { openLedger } from '../../src/tools/ledger.ts';
import { tools } from '../../src/tools/registry.ts';
import { toolKit } from '../../src/tools/kit.ts';
import { openWorkspace } from '../../src/tools/workspace.ts';
import wait from '../tools/wait.ts';

type Message = OpenAI.Chat.ChatCompletionMessageParam;

export interface BareCall {
  readonly id: string;
  readonly name: string;
  readonly args: string;
}

/** The agents' context is condensed at this size, so that both sides send the model about the same. */
const MAX_CHARS = 300_000;
const KEPT_CHARS = 90_000;
/** As often as the agents' tools do. */
const HEARTBEAT_MS = 500;

const known = new Map([...tools, ['wait', wait(toolKit)]]);

/**
 * The two activities of an agent's turn as one writes them without Perdure. The conversation stays in the worker's
 * memory: passing it through the history, as other integrations do, would cost this side far more.
 */
export function createBareActivities(folder: string, baseURL: string) {
  const client = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 });
  const conversations = new Map<string, Message[]>();
  const resources = {
    workspace: openWorkspace(join(folder, 'workspace')),
    ledger: openLedger(join(folder, 'bare-ledger.sqlite')),
    now: () => new Date(),
    signal: new AbortController().signal,
    progress: () => undefined,
    readArtifact: () => Promise.resolve(undefined),
    confirmLease: () => Promise.resolve(),
  };
  const conversationOf = (model: string): Message[] => {
    const messages = conversations.get(model) ?? [{ role: 'user', content: 'Begin.' }];
    conversations.set(model, messages);
    return messages;
  };
  return {
    /** Null when the model has nothing more to do: JSON has no undefined. */
    async askModel(model: string): Promise<BareCall | null> {
      const messages = conversationOf(model);
      const call = await ask(client, model, messages);
      if (call === undefined) conversations.delete(model);
      else messages.push(calling(call));
      return call ?? null;
    },
    async runTool(model: string, { id, name, args }: BareCall): Promise<unknown> {
      const tool = known.get(name);
      if (tool === undefined) throw new Error(`there is no tool ${name}`);
      const context = Context.current();
      const timer = setInterval(() => {
        context.heartbeat();
      }, HEARTBEAT_MS);
      const running = tool.run(JSON.parse(args), { ...resources, agentId: model, key: id });
      const result = await running.finally(() => {
        clearInterval(timer);
      });
      conversations.set(model, shortened([...conversationOf(model), answering(id, result)]));
      return result;
    },
  };
}

export type BareActivities = ReturnType<typeof createBareActivities>;

async function ask(client: OpenAI, model: string, messages: Message[]): Promise<BareCall | undefined> {
  const stream = await client.chat.completions.create({
    model,
    messages,
    tools: offered,
    stream: true,
    stream_options: { include_usage: true },
  });
  let call: BareCall | undefined;
  for await (const { choices } of stream) {
    const piece = choices[0]?.delta.tool_calls?.[0];
    if (piece === undefined) continue;
    const { id, name, args } = call ?? { id: piece.id ?? '', name: piece.function?.name ?? '', args: '' };
    call = { id, name, args: args + (piece.function?.arguments ?? '') };
  }
  return call;
}

const offered = ['write_file', 'read_file', 'wait'].flatMap((name): OpenAI.Chat.ChatCompletionTool[] => {
  const manifest = known.get(name)?.manifest;
  if (manifest === undefined) return [];
  const { description, inputSchema: parameters } = manifest;
  return [{ type: 'function', function: { name, description, parameters } }];
});

function calling({ id, name, args }: BareCall): Message {
  return {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: { name, arguments: args } }],
  };
}

function answering(id: string, result: unknown): Message {
  return { role: 'tool', tool_call_id: id, content: JSON.stringify({ ok: true, result }) };
}

function shortened(messages: Message[]): Message[] {
  const perMessage = JSON.stringify(messages.at(-1)).length + JSON.stringify(messages.at(-2)).length;
  if ((messages.length * perMessage) / 2 <= MAX_CHARS) return messages;
  // An even number from the end, so that no result is parted from its call.
  return [...messages.slice(0, 1), ...messages.slice(-2 * Math.floor(KEPT_CHARS / perMessage))];
}
