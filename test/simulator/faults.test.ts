import assert from 'node:assert/strict';
import OpenAI from 'openai';
import type { Quirks } from '../../src/simulator/model-answer.ts';
import { createScriptedModel, type ScriptedModel, type ScriptedStep } from '../../src/simulator/scripted.ts';

const ask = {
  model: 'any',
  messages: [{ role: 'user' as const, content: 'Go.' }],
  tools: [
    { type: 'function' as const, function: { name: 'note', parameters: { type: 'object', properties: {} } } },
  ],
};

async function play(
  steps: ScriptedStep[],
  use: (client: OpenAI, server: ScriptedModel) => Promise<void>,
  quirks: Quirks = {},
): Promise<void> {
  const server = await createScriptedModel(steps, { quirks });
  try {
    await use(new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 }), server);
    server.assertDone();
  } finally {
    await server.close();
  }
}

async function textOfStream(client: OpenAI): Promise<string> {
  let text = '';
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  return text;
}

async function raw(server: ScriptedModel, stream: boolean): Promise<{ type: string | null; text: string }> {
  const response = await fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ ...ask, stream }),
  });
  return { type: response.headers.get('content-type'), text: await response.text() };
}

interface RawMessage {
  role?: string;
  content: unknown;
  tool_calls?: { id?: string; function: { name: string; arguments: unknown } }[];
}

async function rawMessage(server: ScriptedModel): Promise<RawMessage> {
  const { text } = await raw(server, false);
  return (JSON.parse(text) as { choices: { message: RawMessage }[] }).choices[0]!.message;
}

describe('faults of the scripted model', () => {
  it('429, with and without a time to come back', async () => {
    const steps: ScriptedStep[] = [
      { fault: 'rate_limit', retryAfter: 7 },
      { fault: 'rate_limit', retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT' },
      { fault: 'rate_limit' },
    ];
    await play(steps, async (client) => {
      for (const expected of ['7', 'Wed, 21 Oct 2015 07:28:00 GMT', null]) {
        await assert.rejects(client.chat.completions.create(ask), (error) => {
          assert.ok(error instanceof OpenAI.RateLimitError);
          assert.equal(error.headers.get('retry-after'), expected);
          return true;
        });
      }
    });
  });

  it('any status, with a body of its own if given', async () => {
    const body = { error: { message: 'own words', type: 't', code: 'context_length_exceeded', param: null } };
    await play(
      [
        { fault: 'status', status: 500 },
        { fault: 'status', status: 400, body },
      ],
      async (client) => {
        await assert.rejects(client.chat.completions.create(ask), OpenAI.InternalServerError);
        await assert.rejects(client.chat.completions.create(ask), {
          status: 400,
          code: 'context_length_exceeded',
        });
      },
    );
  });

  it('no answer until the client gives up, also in the middle of a stream', async () => {
    await play([{ fault: 'hang' }, { fault: 'hang', afterChars: 10 }], async (client, server) => {
      const patience = new AbortController();
      const asking = client.chat.completions.create(ask, { signal: patience.signal });
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      patience.abort();
      await assert.rejects(asking, OpenAI.APIUserAbortError);
      const stream = await client.chat.completions.create({ ...ask, stream: true });
      let text = '';
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        if (text.length >= 10)
          setTimeout(() => {
            stream.controller.abort();
          }, 50);
      }
      assert.ok(text.length < 80, `saw ${text.length} characters`);
    });
  });

  it('no answer until the server is closed', async () => {
    const server = await createScriptedModel([{ fault: 'hang' }]);
    const client = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
    const asking = assert.rejects(client.chat.completions.create(ask), OpenAI.APIConnectionError);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.close();
    await asking;
  });

  it('a connection cut in the middle', async () => {
    const cut: ScriptedStep = { fault: 'cut_stream', afterChars: 30, times: 2 };
    await play([cut], async (client) => {
      let seen = '';
      await assert.rejects(async () => {
        for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
          seen += chunk.choices[0]?.delta.content ?? '';
        }
      });
      assert.ok(seen.length >= 24 && seen.length < 80, `saw ${seen.length} characters`);
      await assert.rejects(client.chat.completions.create(ask));
    });
  });

  it('arguments that are cut off, or do not fit, and a tool that does not exist', async () => {
    const steps: ScriptedStep[] = [
      { fault: 'truncated_json' },
      { fault: 'bad_arguments' },
      { fault: 'unknown_tool' },
    ];
    await play(steps, async (_client, server) => {
      const [cut, wrong, unknown] = [
        await rawMessage(server),
        await rawMessage(server),
        await rawMessage(server),
      ];
      assert.equal(cut.tool_calls?.[0]?.function.name, 'note');
      assert.throws(
        () => JSON.parse(String(cut.tool_calls?.[0]?.function.arguments)) as unknown,
        SyntaxError,
      );
      assert.deepEqual(JSON.parse(String(wrong.tool_calls?.[0]?.function.arguments)), { unexpected: true });
      assert.equal(unknown.tool_calls?.[0]?.function.name, 'tool_that_does_not_exist');
    });
  });

  it('an empty reply, a huge one, and a web page', async () => {
    const steps: ScriptedStep[] = [
      { fault: 'empty_reply' },
      { fault: 'huge_reply', chars: 1_000_000 },
      { fault: 'wrong_content_type' },
    ];
    await play(steps, async (client, server) => {
      assert.equal((await rawMessage(server)).content, null);
      assert.equal((await textOfStream(client)).length, 1_000_000);
      assert.match((await raw(server, true)).type ?? '', /text\/html/);
    });
  });
});

describe('quirks of the scripted model', () => {
  const reply: ScriptedStep = {
    reply: { text: 'Words.', toolCalls: [{ name: 'note', arguments: { text: 'x' } }] },
  };
  const twice: ScriptedStep = { ...reply, times: 2 };

  it('no usage', async () => {
    await play(
      [twice],
      async (client, server) => {
        assert.equal((await client.chat.completions.create(ask)).usage, undefined);
        assert.doesNotMatch((await raw(server, true)).text, /usage/);
      },
      { noUsage: true },
    );
  });

  it('JSON where a stream was asked for', async () => {
    await play(
      [reply],
      async (_client, server) => {
        assert.equal((await raw(server, true)).type, 'application/json');
      },
      { noStreaming: true },
    );
  });

  it('arguments as an object', async () => {
    await play(
      [twice],
      async (_client, server) => {
        assert.deepEqual((await rawMessage(server)).tool_calls?.[0]?.function.arguments, { text: 'x' });
        assert.match((await raw(server, true)).text, /"arguments":\{"text":"x"\}/);
      },
      { argumentsAsObject: true },
    );
  });

  it('odd finish reasons, missing ids, content as parts, odd roles', async () => {
    await play(
      [twice],
      async (_client, server) => {
        const message = await rawMessage(server);
        assert.deepEqual(message.content, [{ type: 'text', text: 'Words.' }]);
        assert.equal(message.tool_calls?.[0]?.id, undefined);
        assert.equal(message.role, 'model');
        assert.match((await raw(server, true)).text, /"finish_reason":"eos"/);
      },
      { finishReason: 'eos', toolCallIdsMissing: true, contentAsParts: true, role: 'model' },
    );
  });
});
