import assert from 'node:assert/strict';
import { ask, delta, events, FakeServer, json, message, raw, stream } from './fake-server.ts';
import type { PartialReply } from '../../../src/activities/ports.ts';

const server = new FakeServer();
const usage = { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 40 } };
const eventStream = { 'content-type': 'text/event-stream' };

function call(piece: object): unknown {
  return { tool_calls: [piece] };
}

describe('replies of a model', () => {
  server.serve();

  it('puts a streamed reply together', async () => {
    server.answers = [
      stream(
        { model: 'gpt-5-mini-2025-08-07', ...(delta({ role: 'assistant', content: '' }) as object) },
        delta({ reasoning_content: 'Let me see.' }),
        delta({ content: 'It is ' }),
        delta({ content: '42 €.' }),
        delta(call({ index: 0, id: 'a', type: 'function', function: { name: 'read', arguments: '' } })),
        delta(call({ index: 0, function: { arguments: '{"path":' } })),
        delta(call({ index: 1, id: 'b', function: { name: 'note', arguments: '{"text":"x"}' } })),
        delta(call({ index: 0, function: { arguments: '"a.xml"}' } })),
        delta({}, 'tool_calls'),
        { choices: [], usage },
      ),
    ];
    assert.deepEqual(await ask(server), {
      model: 'gpt-5-mini-2025-08-07',
      text: 'It is 42 €.',
      reasoning: 'Let me see.',
      calls: [
        { id: 'a', name: 'read', args: { type: 'parsed', value: { path: 'a.xml' } } },
        { id: 'b', name: 'note', args: { type: 'parsed', value: { text: 'x' } } },
      ],
      finishReason: 'tool_calls',
      usage: {
        inputTokens: 100,
        outputTokens: 20,
        usd: (60 * 0.25 + 40 * 0.025 + 20 * 2) / 1e6,
        estimated: false,
      },
    });
  });

  it('takes a whole document in answer to a request for a stream', async () => {
    const document = message({
      content: 'Yes.',
      tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
    });
    server.answers = [json({ model: 'm', usage, ...(document as object) })];
    const partials: PartialReply[] = [];
    const reply = await ask(server, {}, {}, { onPartial: (soFar) => partials.push(soFar) });
    assert.equal(reply.text, 'Yes.');
    assert.deepEqual(reply.calls, [{ id: 'a', name: 'f', args: { type: 'parsed', value: {} } }]);
    assert.deepEqual(partials, [{ words: 'Yes.', calls: ['f {}'] }]);
  });

  it('reports the text so far, thoughts until there is any, and calls as they are written', async () => {
    server.answers = [
      stream(
        delta({ reasoning: 'Hm.' }),
        delta({ content: 'I ' }),
        delta({ content: 'read.' }),
        delta(call({ index: 0, id: 'a', function: { name: 'read', arguments: '{"pa' } })),
        delta(call({ index: 0, function: { arguments: 'th":"x"}' } })),
        delta({}, 'tool_calls'),
      ),
    ];
    const partials: PartialReply[] = [];
    await ask(server, {}, {}, { onPartial: (soFar) => partials.push(soFar) });
    assert.deepEqual(partials, [
      { words: 'Hm.', calls: [] },
      { words: 'I ', calls: [] },
      { words: 'I read.', calls: [] },
      { words: 'I read.', calls: ['read {"pa'] },
      { words: 'I read.', calls: ['read {"path":"x"}'] },
    ]);
  });

  it('estimates the tokens when the server does not count them', async () => {
    server.answers = [stream(delta({ content: 'x'.repeat(40) }), delta({}, 'stop'))];
    const { usage: estimate } = await ask(server, { model: 'gpt-5-mini' });
    assert.equal(estimate.estimated, true);
    assert.equal(estimate.outputTokens, 10);
    assert.ok(estimate.inputTokens > 0 && estimate.usd > 0);
  });

  for (const [prompt, completion] of [
    [0, 0],
    [-1, 1e300],
    ['many', null],
  ]) {
    it(`estimates the tokens when the server counts ${prompt} and ${completion}`, async () => {
      const counted = { prompt_tokens: prompt, completion_tokens: completion };
      server.answers = [json({ ...(message({ content: 'Yes' }) as object), usage: counted })];
      const { usage: estimate } = await ask(server);
      assert.deepEqual(
        [estimate.estimated, estimate.inputTokens > 0, estimate.outputTokens],
        [true, true, 1],
      );
    });
  }

  const texts: [string, unknown, string][] = [
    [
      'parts',
      { content: [{ type: 'text', text: 'Yes' }, { type: 'text', text: ', it is.' }, '', { type: 'image' }] },
      'Yes, it is.',
    ],
    ['a refusal', { content: null, refusal: 'I will not.' }, 'I will not.'],
    ['nothing', { content: null }, ''],
    ['something unreadable', { content: 7 }, ''],
  ];
  for (const [title, piece, text] of texts) {
    it(`reads content that is ${title}`, async () => {
      server.answers = [json(message(piece)), stream(delta(piece), delta({}, 'stop'))];
      assert.equal((await ask(server)).text, text);
      assert.equal((await ask(server)).text, text);
    });
  }

  const thoughts: [string, unknown][] = [
    ['reasoning_content', { reasoning_content: 'Hm.', content: 'Yes' }],
    ['reasoning', { reasoning: 'Hm.', content: 'Yes' }],
    [
      'thinking parts',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
          { type: 'text', text: 'Yes' },
        ],
      },
    ],
  ];
  for (const [title, piece] of thoughts) {
    it(`keeps thoughts that come as ${title} apart from the text`, async () => {
      server.answers = [json(message(piece))];
      const reply = await ask(server);
      assert.equal(reply.reasoning, 'Hm.');
      assert.equal(reply.text, 'Yes');
    });
  }

  const reasons: [unknown, string][] = [
    ['stop', 'stop'],
    ['STOP', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['content_filter', 'content_filter'],
    ['something new', 'something new'],
    [null, 'stop'],
    [undefined, 'stop'],
    ['', 'stop'],
    [{ type: 'eos' }, 'stop'],
    ['__proto__', '__proto__'],
  ];
  for (const [sent, finishReason] of reasons) {
    it(`takes the finish reason ${JSON.stringify(sent)} for ${finishReason}`, async () => {
      server.answers = [
        json(message({ content: 'Yes' }, sent)),
        stream(delta({ content: 'Yes' }), delta({}, sent)),
      ];
      const reply = await ask(server);
      assert.deepEqual([reply.finishReason, reply.cut ?? false], [finishReason, finishReason === 'length']);
      assert.equal((await ask(server)).finishReason, finishReason, 'streamed, ended by [DONE]');
    });
  }

  for (const beat of [
    'data:\n\n',
    'data: \n\n',
    'event: ping\ndata: ping\n\n',
    'event: ping\ndata: {"type":"ping"}\n\n',
    'event: status\ndata: {"message":"queued"}\n\n',
  ]) {
    it(`takes ${JSON.stringify(beat)} for a sign of life`, async () => {
      const body = `${beat}${events(delta({ content: 'Ye' }))}${beat}${events(delta({ content: 's' }, 'stop'))}${beat}`;
      server.answers = [raw(body, { 'content-type': 'text/event-stream' })];
      assert.equal((await ask(server)).text, 'Yes');
    });
  }

  const endings: [string, string][] = [
    ['CRLF', events(delta({ content: 'Yes' }), delta({}, 'stop')).replaceAll('\n', '\r\n')],
    ['CR', events(delta({ content: 'Yes' }), delta({}, 'stop')).replaceAll('\n', '\r')],
    [
      'comments and unknown fields',
      `: ping\n\nid: 1\nretry: 5\n${events(delta({ content: 'Yes' }))}: ping\n\n${events(delta({}, 'stop'))}`,
    ],
    [
      'no space after data:',
      events(delta({ content: 'Yes' }), delta({}, 'stop')).replaceAll('data: ', 'data:'),
    ],
    ['a missing last blank line', events(delta({ content: 'Yes' }), delta({}, 'stop')).trimEnd()],
    ['[DONE] but no finish reason', `${events(delta({ content: 'Yes' }))}data: [DONE]`],
    ['an empty object as keep-alive', events({}, delta({ content: 'Yes' }), {}, delta({}, 'stop'))],
    [
      'JSON lines without data:',
      [delta({ content: 'Yes' }), delta({}, 'stop')].map((piece) => JSON.stringify(piece)).join('\n'),
    ],
    ['the whole message again at the end', events(delta({ content: 'Yes' }), message({ content: 'Yes' }))],
    ['a message in place of the delta', events(message({ content: 'Yes' }))],
    [
      'a finish reason in every piece',
      events(delta({ content: 'Y' }, 'stop'), delta({ content: 'es' }, 'stop')),
    ],
    [
      'a second choice',
      events({
        choices: [
          { index: 1, delta: { content: 'No' } },
          { index: 0, delta: { content: 'Yes' }, finish_reason: 'stop' },
        ],
      }),
    ],
  ];
  for (const [title, body] of endings) {
    it(`reads a stream with ${title}`, async () => {
      server.answers = [raw(body, eventStream)];
      assert.equal((await ask(server)).text, 'Yes');
    });
  }

  for (const [title, headers] of [
    ['called JSON', { 'content-type': 'application/json' }],
    ['called nothing', {}],
  ] as const) {
    it(`reads a stream that is ${title}`, async () => {
      server.answers = [raw(events(delta({ content: 'Yes' }), delta({}, 'stop')), headers)];
      assert.equal((await ask(server)).text, 'Yes');
    });
  }

  it('reads a document that is called nothing', async () => {
    server.answers = [raw(JSON.stringify(message({ content: 'Yes' })), {})];
    assert.equal((await ask(server)).text, 'Yes');
  });

  it('reads characters that are split between packets', async () => {
    const bytes = Buffer.from(
      events(delta({ content: '€uro 💶' }), delta({}, 'stop')).replaceAll('\n', '\r\n'),
    );
    server.answers = [
      (response) => {
        response.writeHead(200, eventStream);
        const send = (from: number): void => {
          if (from >= bytes.length) response.end();
          else response.write(bytes.subarray(from, from + 1), () => setImmediate(send, from + 1));
        };
        send(0);
      },
    ];
    assert.equal((await ask(server)).text, '€uro 💶');
  });

  it('keeps a whole reply although the connection breaks before the count of tokens', async () => {
    server.answers = [
      (response) => {
        response.writeHead(200, eventStream);
        response.write(events(delta({ content: 'Yes' }), delta({}, 'stop')), () =>
          setTimeout(() => response.destroy(), 20),
        );
      },
    ];
    const reply = await ask(server);
    assert.equal(reply.text, 'Yes');
    assert.equal(reply.usage.estimated, true);
  });

  it('keeps only the beginning of very long thoughts', async () => {
    server.answers = [json(message({ content: 'Yes', reasoning: 'x'.repeat(100_000) }))];
    assert.equal((await ask(server)).reasoning?.length, 20_000);
  });
});
