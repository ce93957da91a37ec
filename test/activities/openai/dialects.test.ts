import assert from 'node:assert/strict';
import { createOpenAiModel } from '../../../src/activities/openai/openai-model.ts';
import type { ModelCall, ModelQuestion } from '../../../src/activities/ports.ts';
import { ask, delta, FakeServer, json, message, question, stream } from './fake-server.ts';

const server = new FakeServer();
const yes = stream(delta({ content: 'Yes' }), delta({}, 'stop'));
const quiet = (): ModelCall => ({ signal: new AbortController().signal, onPartial: () => undefined });

interface Sent {
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly { readonly extra_content?: object }[];
}

function refusal(text: string, param?: string, status = 400): ReturnType<typeof json> {
  return json({ error: { message: text, type: 'invalid_request_error', param } }, status);
}

describe('a model that wants to be asked in another way', () => {
  server.serve();

  const dialects: [string, ReturnType<typeof json>, Record<string, unknown>][] = [
    [
      'stream_options',
      refusal("Unknown parameter: 'stream_options'."),
      { stream_options: undefined, stream: true },
    ],
    [
      'stream_options in a validation error',
      json({ detail: [{ loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }] }, 422),
      { stream_options: undefined, stream: true },
    ],
    [
      'max_completion_tokens',
      refusal('Unsupported parameter', 'max_completion_tokens'),
      { max_completion_tokens: undefined, max_tokens: 1000 },
    ],
    [
      'streaming',
      refusal('Your organization must be verified to stream this model.', 'stream'),
      { stream: undefined, stream_options: undefined },
    ],
    [
      'so many tokens',
      refusal('max_tokens is too large: 1000. This model supports at most 512 completion tokens.'),
      { max_completion_tokens: 512 },
    ],
  ];
  for (const [title, answer, expected] of dialects) {
    it(`asks again without it when the server refuses ${title}, and remembers`, async () => {
      const model = createOpenAiModel({ baseUrl: server.baseUrl });
      server.answers = [answer, yes, yes];
      await model.reply(question, quiet());
      await model.reply(question, quiet());
      assert.equal(server.asked.length, 3, 'the second call asks only once');
      for (const asked of server.asked.slice(1)) {
        for (const [name, value] of Object.entries(expected)) assert.deepEqual(asked[name], value, name);
      }
    });
  }

  it('copes with a server that refuses everything newer, one thing after the other', async () => {
    server.answers = [
      refusal('stream_options?'),
      refusal('max_completion_tokens?'),
      refusal('no streaming here'),
      refusal('max_tokens: 1000 > 800, which is the maximum'),
      json(message({ content: 'Yes' })),
    ];
    assert.equal((await ask(server)).text, 'Yes');
    assert.deepEqual(Object.keys(server.asked[4] ?? {}).sort(), [
      'headers',
      'max_tokens',
      'messages',
      'model',
      'path',
    ]);
    assert.equal(server.asked[4]?.['max_tokens'], 800);
  });

  for (const words of [
    "This model's maximum context length is 1024 tokens. However, you requested 1500 tokens (500 in the messages, 1000 in the completion).",
    "This model's maximum context length is 1024 tokens. However, you requested 1000 output tokens and your prompt contains at least 500 input tokens, for a total of at least 1500 tokens.",
    "You passed 500 input tokens and requested 1000 output tokens. However, the model's context length is only 1024 tokens, resulting in a maximum input length of 24 tokens.",
    "Requested token count exceeds the model's maximum context length of 1024 tokens. You requested a total of 1500 tokens: 500 tokens from the input messages and 1000 tokens for the completion.",
    "This endpoint's maximum context length is 1024 tokens. However, you requested about 1500 tokens (400 of text input, 100 of tool input, 1000 in the output).",
  ]) {
    it(`fits the reply into what the context leaves, for this request only: ${words.slice(0, 40)}…`, async () => {
      const model = createOpenAiModel({ baseUrl: server.baseUrl });
      server.answers = [refusal(words), yes, yes];
      await model.reply(question, quiet());
      await model.reply(question, quiet());
      assert.deepEqual(
        server.asked.map((asked) => asked['max_completion_tokens']),
        [1000, 524, 1000],
      );
    });
  }

  const wantThoughts: [string, (message: Sent | undefined) => unknown][] = [
    [
      'The `reasoning_content` in the thinking mode must be passed back to the API.',
      (said) => said?.reasoning_content,
    ],
    [
      'Function call is missing a thought_signature in functionCall parts.',
      (said) => said?.tool_calls?.[0]?.extra_content,
    ],
  ];
  for (const [words, told] of wantThoughts) {
    it(`tells a model its thoughts again that wants it, and remembers: ${words}`, async () => {
      const model = createOpenAiModel({ baseUrl: server.baseUrl });
      const args = { type: 'parsed', value: {} } as const;
      const called: ModelQuestion = {
        ...question,
        messages: [
          ...question.messages,
          { role: 'assistant', text: '', calls: [{ id: 'a', name: 'f', args }] },
          { role: 'tool', callId: 'a', name: 'f', text: 'done' },
        ],
      };
      server.answers = [refusal(words), yes, yes];
      await model.reply(called, quiet());
      await model.reply(called, quiet());
      assert.deepEqual(
        server.asked.map(({ messages }) => told((messages as Sent[])[1]) !== undefined),
        [false, true, true],
      );
    });
  }

  it('does not squeeze the reply into a context that is full', async () => {
    server.answers = [
      refusal(
        "This model's maximum context length is 1024 tokens. However, you requested 2000 tokens (1000 in the messages, 1000 in the completion).",
      ),
    ];
    await assert.rejects(ask(server), { type: 'ContextTooLong' });
    assert.equal(server.asked.length, 1);
  });

  it('does not remember what did not help', async () => {
    const model = createOpenAiModel({ baseUrl: server.baseUrl });
    server.answers = [refusal('bad max_completion_tokens'), refusal('something else'), yes];
    await assert.rejects(model.reply(question, quiet()), { type: 'ModelRejected' });
    await model.reply(question, quiet());
    assert.equal(server.asked[2]?.['max_completion_tokens'], 1000);
  });

  it('remembers for each model apart', async () => {
    const model = createOpenAiModel({ baseUrl: server.baseUrl });
    server.answers = [refusal('stream_options?'), yes, yes];
    await model.reply(question, quiet());
    await model.reply({ ...question, model: 'another' }, quiet());
    assert.ok(server.asked[2]?.['stream_options']);
  });
});
