import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { CancelledFailure } from '@temporalio/common';
import { createOpenAiModel } from '../../../src/activities/openai/openai-model.ts';
import type { ModelCall } from '../../../src/activities/ports.ts';
import { ask, delta, events, FakeServer, json, message, question, stream } from './fake-server.ts';

const server = new FakeServer();
const yes = stream(delta({ content: 'Yes' }), delta({}, 'stop'));
const quiet = (): ModelCall => ({ signal: new AbortController().signal, onPartial: () => undefined });

function refusal(text: string, param?: string, status = 400): ReturnType<typeof json> {
  return json({ error: { message: text, type: 'invalid_request_error', param } }, status);
}

describe('requests to a model', () => {
  before(() => server.listen());
  after(() => server.close());
  beforeEach(() => {
    server.answers = [];
    server.asked.length = 0;
  });

  it('puts the conversation and the tools in the words of Chat Completions', async () => {
    server.answers = [yes];
    await ask(server, {
      messages: [
        { role: 'system', text: 'Be brief.' },
        { role: 'user', text: 'Go.' },
        {
          role: 'assistant',
          text: '',
          calls: [
            { id: 'a', name: 'read', args: { type: 'parsed', value: { path: 'x' } } },
            { id: 'b', name: 'no such: tool', args: { type: 'malformed', text: '{"pa', reason: 'cut' } },
          ],
        },
        { role: 'tool', callId: 'a', name: 'read', text: 'content' },
        { role: 'tool', callId: 'b', name: 'no such: tool', text: 'not JSON' },
        { role: 'assistant', text: 'Done.', calls: [] },
      ],
      tools: [{ name: 'read', description: 'Reads', parameters: { type: 'object' } }],
    });
    const [{ headers, path, ...body }] = server.asked as [(typeof server.asked)[number]];
    assert.equal(path, '/v1/chat/completions');
    assert.ok(headers.authorization);
    assert.deepEqual(body, {
      model: 'test-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Go.' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'read', arguments: '{"path":"x"}' } },
            { id: 'b', type: 'function', function: { name: 'no_such__tool', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: 'content' },
        { role: 'tool', tool_call_id: 'b', content: 'not JSON' },
        { role: 'assistant', content: 'Done.' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'read', description: 'Reads', parameters: { type: 'object' } },
        },
      ],
      max_completion_tokens: 1000,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

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

  it('fits the reply into what the context leaves, for this request only', async () => {
    const model = createOpenAiModel({ baseUrl: server.baseUrl });
    server.answers = [
      refusal(
        "This model's maximum context length is 1024 tokens. However, you requested 1500 tokens (500 in the messages, 1000 in the completion).",
      ),
      yes,
      yes,
    ];
    await model.reply(question, quiet());
    await model.reply(question, quiet());
    assert.deepEqual(
      server.asked.map((asked) => asked['max_completion_tokens']),
      [1000, 524, 1000],
    );
  });

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

  const hangs: [string, (response: ServerResponse) => void][] = [
    ['never answers', () => undefined],
    [
      'hangs in the middle of the reply',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(events(delta({ content: 'half' }))),
    ],
    ['hangs in the middle of an error', (response) => response.writeHead(500).write('{"error":')],
  ];
  for (const [title, answer] of hangs) {
    it(`a server that ${title} is ModelTimeout, retried`, async () => {
      server.answers = [answer];
      await assert.rejects(ask(server, {}, { timeoutMs: 150 }), {
        type: 'ModelTimeout',
        nonRetryable: false,
      });
    });
  }

  it('a server that trickles for ever is ModelTimeout', async () => {
    let trickle: NodeJS.Timeout | undefined;
    server.answers = [
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        trickle = setInterval(() => response.write(': still there\n\n'), 10);
      },
    ];
    const asked = ask(server, {}, { timeoutMs: 10_000, totalTimeoutMs: 200 });
    await assert.rejects(asked, { type: 'ModelTimeout', message: /no whole answer within 200 ms/ });
    clearInterval(trickle);
  });

  it('waits as long as bytes come, even when they say nothing', async () => {
    server.answers = [
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const pings = setInterval(() => response.write(': ping\n\n'), 20);
        setTimeout(() => {
          clearInterval(pings);
          response.end(events(delta({ content: 'Yes' }), delta({}, 'stop')));
        }, 1500);
      },
    ];
    assert.equal((await ask(server, {}, { timeoutMs: 1000 })).text, 'Yes');
  });

  it('does not lose a whole reply to a server that never hangs up', async () => {
    server.answers = [
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(events(delta({ content: 'Yes' }), delta({}, 'stop')));
      },
    ];
    assert.equal((await ask(server, {}, { timeoutMs: 2_000 })).text, 'Yes');
  });

  it('hangs up and rejects with the reason of the signal when aborted in the middle of a reply', async () => {
    const abort = new AbortController();
    const reason = new CancelledFailure('stopped by a person');
    const closed = new Promise<void>((resolve) => {
      server.answers = [
        (response) => {
          response.on('close', resolve);
          response
            .writeHead(200, { 'content-type': 'text/event-stream' })
            .write(events(delta({ content: 'half' })));
        },
      ];
    });
    const asked = ask(
      server,
      {},
      {},
      {
        signal: abort.signal,
        onPartial: () => {
          abort.abort(reason);
        },
      },
    );
    await assert.rejects(asked, (error) => error === reason);
    await closed;
  });

  it('does not ask at all when aborted before', async () => {
    const reason = new CancelledFailure('too late');
    await assert.rejects(
      ask(server, {}, {}, { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
    assert.equal(server.asked.length, 0);
  });

  it('rejects as cancelled when the signal has no error as its reason', async () => {
    await assert.rejects(ask(server, {}, {}, { signal: AbortSignal.abort('no error') }), CancelledFailure);
  });

  it('answers many calls at once, each with its own reply', async () => {
    const model = createOpenAiModel({ baseUrl: server.baseUrl });
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    server.answers = numbers.map(() => (response, asked) => {
      json(message({ content: String(asked['model']) }))(response, asked);
    });
    const replies = await Promise.all(
      numbers.map((n) => model.reply({ ...question, model: `m${n}` }, quiet())),
    );
    assert.deepEqual(
      replies.map((reply) => reply.text),
      numbers.map((n) => `m${n}`),
    );
  });
});
