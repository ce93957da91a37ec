import assert from 'node:assert/strict';
import OpenAI from 'openai';
import {
  createModelServer,
  type ModelHandler,
  type ModelServerOptions,
} from '../../src/simulator/model-server.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';

const tools = ['note', 'write_file'].map((name) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties: {} } },
}));
const messages = [{ role: 'user' as const, content: 'Say hello to everyone in this rather long sentence.' }];

async function withServer(
  handler: ModelHandler,
  options: ModelServerOptions,
  use: (client: OpenAI, url: string) => Promise<void>,
): Promise<void> {
  const server = await createModelServer(handler, options);
  try {
    await use(new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 }), server.url);
  } finally {
    await server.close();
  }
}

const calls = [
  {
    name: 'note',
    arguments: { text: 'a "quoted" text — with ümläuts — sent in pieces. '.repeat(8) },
  },
  { name: 'write_file', arguments: { path: 'a.md', content: 'b' } },
];
const handler: ModelHandler = () => ({
  text: 'Some words that take more than one chunk.',
  reasoning: 'Why.',
  toolCalls: calls,
});

describe('the simulator behind the openai package', () => {
  it('answers in one piece', async () => {
    await withServer(handler, {}, async (client) => {
      const reply = await client.chat.completions.create({ model: 'any', messages, tools });
      const choice = reply.choices[0];
      assert.equal(reply.model, 'any');
      assert.equal(choice?.finish_reason, 'tool_calls');
      assert.equal(choice.message.content, 'Some words that take more than one chunk.');
      const asked = (choice.message.tool_calls ?? []).flatMap((call) =>
        call.type === 'function' ? [call] : [],
      );
      assert.deepEqual(
        asked.map((call) => ({
          name: call.function.name,
          arguments: JSON.parse(call.function.arguments) as unknown,
        })),
        calls,
      );
      assert.equal(new Set(asked.map(({ id }) => id)).size, 2);
      assert.ok(
        reply.usage !== undefined && reply.usage.prompt_tokens > 0 && reply.usage.completion_tokens > 0,
      );
    });
  });

  it('streams the same reply in small pieces, with usage when asked for', async () => {
    await withServer(handler, { chunkDelayMs: 1 }, async (client) => {
      const stream = client.chat.completions.stream({
        model: 'any',
        messages,
        tools,
        stream_options: { include_usage: true },
      });
      let pieces = 0;
      stream.on('content', () => (pieces += 1));
      const reply = await stream.finalChatCompletion();
      assert.ok(pieces > 1, 'the text came at once');
      assert.equal(reply.choices[0]?.message.content, 'Some words that take more than one chunk.');
      const asked = (reply.choices[0].message.tool_calls ?? []).flatMap((call) =>
        call.type === 'function'
          ? [{ name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown }]
          : [],
      );
      assert.deepEqual(asked, calls);
      assert.ok((reply.usage?.total_tokens ?? 0) > 0);
    });
  });

  it('streams no usage when it was not asked for', async () => {
    await withServer(handler, {}, async (client) => {
      const chunks = [];
      for await (const chunk of await client.chat.completions.create({
        model: 'any',
        messages,
        stream: true,
      })) {
        chunks.push(chunk);
      }
      assert.ok(chunks.length > 3);
      assert.ok(chunks.every((chunk) => chunk.usage === undefined && chunk.choices.length === 1));
    });
  });

  it('lists models and says that it is well', async () => {
    await withServer(handler, { models: ['one', 'two'] }, async (client, url) => {
      const names = [];
      for await (const model of client.models.list()) names.push(model.id);
      assert.deepEqual(names, ['one', 'two']);
      const health = await fetch(new URL('/healthz', url));
      assert.deepEqual(await health.json(), { status: 'ok', service: 'simulator' });
    });
  });

  it('refuses what the real service refuses', async () => {
    await withServer(handler, {}, async (client, url) => {
      const call = { id: 'c1', type: 'function' as const, function: { name: 'note', arguments: '{}' } };
      const unanswered = [...messages, { role: 'assistant' as const, tool_calls: [call] }];
      const stray = [...messages, { role: 'tool' as const, tool_call_id: 'c9', content: '{}' }];
      for (const wrong of [unanswered, stray, []]) {
        await assert.rejects(
          client.chat.completions.create({ model: 'any', messages: wrong }),
          OpenAI.BadRequestError,
        );
      }
      const paired = [...unanswered, { role: 'tool' as const, tool_call_id: 'c1', content: '{}' }];
      await client.chat.completions.create({ model: 'any', messages: paired });
      const broken = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{' });
      assert.equal(broken.status, 400);
      assert.equal((await fetch(`${url}/embeddings`, { method: 'POST' })).status, 404);
    });
  });

  it('lets the client go in the middle of a stream', async () => {
    await withServer(handler, { chunkDelayMs: 20 }, async (client) => {
      const stream = await client.chat.completions.create({ model: 'any', messages, stream: true });
      for await (const chunk of stream) {
        assert.equal(chunk.object, 'chat.completion.chunk');
        stream.controller.abort();
        break;
      }
      await client.chat.completions.create({ model: 'any', messages });
    });
  });

  it('has rules for any agent: a note, a file, an end', async () => {
    await withServer(
      ({ body }) => ruleReply(body),
      {},
      async (client) => {
        const reply = await client.chat.completions.create({ model: 'any', messages, tools });
        assert.match(reply.choices[0]?.message.content ?? '', /simulator/);
        assert.equal(reply.choices[0]?.finish_reason, 'tool_calls');
      },
    );
  });
});
