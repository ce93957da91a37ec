import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { CancelledFailure } from '@temporalio/common';
import { createOpenAiModel } from '../../../src/activities/openai/openai-model.ts';
import type { ModelCall } from '../../../src/activities/ports.ts';
import { ask, delta, events, FakeServer, json, message, question, stream } from './fake-server.ts';

const server = new FakeServer();
const yes = stream(delta({ content: 'Yes' }), delta({}, 'stop'));
const quiet = (): ModelCall => ({ signal: new AbortController().signal, onPartial: () => undefined });

describe('requests to a model', () => {
  server.serve();

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
