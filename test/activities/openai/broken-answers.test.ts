import assert from 'node:assert/strict';
import { failureOf } from './failure-of.ts';
import { ask, delta, events, FakeServer, json, message, raw, stream } from './fake-server.ts';

const server = new FakeServer();

describe('answers that are no reply', () => {
  server.serve();

  const protocol: [string, () => ReturnType<typeof json>][] = [
    ['a web page', () => raw('<html>hello</html>', { 'content-type': 'text/html' })],
    ['plain text', () => raw('hello', { 'content-type': 'text/plain' })],
    ['JSON that is not JSON', () => raw('{"choices": [', { 'content-type': 'application/json' })],
    ['JSON that is no object', () => json('hello')],
    ['choices that are no list', () => json({ choices: 'hello' })],
    ['a document with no choices', () => json({ choices: [] })],
    ['a document with an empty choice', () => json({ choices: [{}] })],
    ['a stream with no choices', () => stream({ choices: [] })],
    [
      'a stream with a broken piece',
      () => raw('data: {"choi\n\ndata: [DONE]\n\n', { 'content-type': 'text/event-stream' }),
    ],
    ['a document with too much text', () => json(message({ content: 'x'.repeat(120_001) }))],
    ['a document of too many bytes', () => json(message({ content: '€'.repeat(60_000) }))],
    ['thoughts without end', () => json(message({ content: 'Yes', reasoning: 'x'.repeat(2_000_001) }))],
    [
      'a stream with too much text',
      () => stream(...Array.from({ length: 13 }, () => delta({ content: 'x'.repeat(10_000) }))),
    ],
    [
      'a stream with too many calls',
      () =>
        stream(
          ...Array.from({ length: 129 }, (_, index) =>
            delta({ tool_calls: [{ index, function: { name: 'f' } }] }),
          ),
        ),
    ],
  ];
  for (const [title, answer] of protocol) {
    it(`${title} is ModelProtocol, retried`, async () => {
      server.answers = [answer()];
      const failure = await failureOf(ask(server));
      assert.equal(failure.type, 'ModelProtocol', failure.message);
      assert.equal(failure.nonRetryable, false);
    });
  }

  const cuts: [string, string][] = [
    ['after half of the text', events(delta({ content: 'half of' }))],
    ['before anything', ''],
    ['in the middle of an event', events(delta({ content: 'half of' })) + 'data: {"choices":[{"ind'],
    [
      'in a tool call',
      events(delta({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{}' } }] })),
    ],
  ];
  for (const [title, body] of cuts) {
    it(`a stream that ends ${title} is ModelUnavailable, not a short reply`, async () => {
      server.answers = [raw(body, { 'content-type': 'text/event-stream' })];
      assert.equal((await failureOf(ask(server))).type, 'ModelUnavailable');
    });
    it(`a connection that breaks ${title} is ModelUnavailable`, async () => {
      server.answers = [
        (response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
          response.write(body || ': hello\n\n', () => setTimeout(() => response.destroy(), 20));
        },
      ];
      assert.equal((await failureOf(ask(server))).type, 'ModelUnavailable');
    });
  }

  const embedded: [unknown, string][] = [
    [{ message: 'busy', code: 429 }, 'ModelRateLimited'],
    [{ message: 'busy', type: 'rate_limit_exceeded' }, 'ModelRateLimited'],
    [{ message: 'x', code: 'context_length_exceeded' }, 'ContextTooLong'],
    [{ message: 'x', type: 'overloaded_error' }, 'ModelUnavailable'],
    ['it broke', 'ModelUnavailable'],
  ];
  for (const [error, type] of embedded) {
    it(`an error inside a stream, ${JSON.stringify(error)}, is ${type}`, async () => {
      server.answers = [stream(delta({ content: 'half' }), { error })];
      assert.equal((await failureOf(ask(server))).type, type);
    });
    it(`an error in place of the document, ${JSON.stringify(error)}, is ${type}`, async () => {
      server.answers = [json({ error })];
      assert.equal((await failureOf(ask(server))).type, type);
    });
  }

  const brokenOff: [string, unknown, string][] = [
    [
      'an error in the choice',
      {
        choices: [
          { message: { content: 'half' }, finish_reason: 'error', error: { message: 'busy', code: 429 } },
        ],
      },
      'ModelRateLimited',
    ],
    ['an error with a code and no envelope', { text: 'it broke', error_code: 50001 }, 'ModelUnavailable'],
    ['an error object without an envelope', { object: 'error', message: 'it broke' }, 'ModelUnavailable'],
    ['a bare complaint', { message: 'busy', code: 429 }, 'ModelRateLimited'],
    ...['error', 'network_error', 'abort', 'insufficient_system_resource'].map(
      (reason): [string, unknown, string] => [
        `the finish reason ${reason}`,
        { choices: [{ delta: {}, message: { content: 'half' }, finish_reason: reason }] },
        'ModelUnavailable',
      ],
    ),
  ];
  for (const [title, piece, type] of brokenOff) {
    it(`half a reply and ${title} is ${type}, not a short reply`, async () => {
      server.answers = [stream(delta({ content: 'half' }), piece), json(piece)];
      assert.equal((await failureOf(ask(server))).type, type);
      assert.equal((await failureOf(ask(server))).type, type, 'as a document');
    });
  }

  it('a call that broke off is not made', async () => {
    const begun = { tool_calls: [{ index: 0, id: 'a', function: { name: 'book', arguments: '' } }] };
    server.answers = [stream(delta(begun), delta({}, 'error'))];
    assert.equal((await failureOf(ask(server))).type, 'ModelUnavailable');
  });

  for (const body of [
    'event: error\ndata: {"message":"busy","code":429}\n\n',
    'error: {"message":"busy","code":429}\n\n',
  ]) {
    it(`an error event ${JSON.stringify(body)} is its error`, async () => {
      server.answers = [raw(body, { 'content-type': 'text/event-stream' })];
      assert.equal((await failureOf(ask(server))).type, 'ModelRateLimited');
    });
  }
});
