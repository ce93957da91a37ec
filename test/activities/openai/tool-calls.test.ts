import assert from 'node:assert/strict';
import type { ModelMessage } from '../../../src/contracts/model.ts';
import { ask, delta, FakeServer, json, message, question, stream } from './fake-server.ts';

const server = new FakeServer();

function call(piece: object): unknown {
  return { tool_calls: [piece] };
}

describe('tool calls of a model', () => {
  server.serve();

  const manyCalls: [string, unknown[]][] = [
    [
      'with an index',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"n":1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{"n":2}' } },
      ],
    ],
    [
      'without index, by id',
      [
        { id: 'a', function: { name: 'f', arguments: '{"n":' } },
        { function: { arguments: '1}' } },
        { id: 'b', function: { name: 'g', arguments: '{"n":2}' } },
      ],
    ],
    [
      'all with index 0, by id',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"n":1}' } },
        { index: 0, id: 'b', function: { name: 'g', arguments: '{"n":2}' } },
      ],
    ],
    [
      'with the name in every piece',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"n":' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{"n":2}' } },
      ],
    ],
    [
      'with another id in every piece',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
        { index: 0, id: 'x', function: { name: '', arguments: '{"n":' } },
        { index: 0, id: 'y', function: { name: '', arguments: '1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{"n":2}' } },
      ],
    ],
    [
      'and are said once more at the end, with arguments or without',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"n":1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{"n":2}' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{"n":2}' } },
        { index: 1, id: 'b' },
      ],
    ],
    [
      'with arguments as objects',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: { n: 1 } } },
        { index: 1, id: 'b', function: { name: 'g', arguments: { n: 2 } } },
      ],
    ],
    [
      'with arguments encoded twice',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '"{\\"n\\":1}"' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: { n: 2 } } },
      ],
    ],
  ];
  for (const [title, pieces] of manyCalls) {
    it(`tells tool calls apart that come ${title}`, async () => {
      server.answers = [
        stream(...pieces.map((piece) => delta(call(piece as object))), delta({}, 'tool_calls')),
      ];
      assert.deepEqual((await ask(server)).calls, [
        { id: 'a', name: 'f', args: { type: 'parsed', value: { n: 1 } } },
        { id: 'b', name: 'g', args: { type: 'parsed', value: { n: 2 } } },
      ]);
    });
  }

  it('tells tool calls apart that have neither ids nor indexes, and gives them ids', async () => {
    const pieces = ['f', 'g'].map((name) => delta(call({ function: { name, arguments: '{}' } })));
    server.answers = [stream(...pieces, delta({}, 'tool_calls'))];
    assert.deepEqual(
      (await ask(server)).calls.map(({ id, name }) => [id, name]),
      [
        ['call_0', 'f'],
        ['call_1', 'g'],
      ],
    );
  });

  it('gives a call another id when the id is taken, in the reply or earlier', async () => {
    const earlier: ModelMessage[] = [
      {
        role: 'assistant',
        text: '',
        calls: [{ id: 'same', name: 'f', args: { type: 'parsed', value: {} } }],
      },
      { role: 'tool', callId: 'same', name: 'f', text: 'done' },
    ];
    const again = ['same', 'other', 'other'].map((id) => ({ id, function: { name: 'f', arguments: '{}' } }));
    server.answers = [json(message({ tool_calls: again }))];
    const { calls } = await ask(server, { messages: [...question.messages, ...earlier] });
    assert.deepEqual(
      calls.map(({ id }) => id),
      ['call_1', 'other', 'call_2'],
    );
  });

  it('takes the older form of a function call', async () => {
    server.answers = [
      json(message({ function_call: { name: 'f', arguments: '{"n":1}' } }, 'function_call')),
      stream(
        delta({ function_call: { name: 'f', arguments: '' } }),
        delta({ function_call: { arguments: '{"n":1}' } }),
        delta({}, 'function_call'),
      ),
    ];
    for (const reply of [await ask(server), await ask(server)]) {
      assert.deepEqual(reply.calls, [{ id: 'call_0', name: 'f', args: { type: 'parsed', value: { n: 1 } } }]);
      assert.equal(reply.finishReason, 'tool_calls');
    }
  });

  it('takes a single call without a list around it', async () => {
    server.answers = [json(message({ tool_calls: { id: 'a', function: { name: 'f', arguments: '{}' } } }))];
    assert.deepEqual((await ask(server)).calls, [
      { id: 'a', name: 'f', args: { type: 'parsed', value: {} } },
    ]);
  });

  it('takes an empty object for the empty list that it was meant as', async () => {
    server.answers = [json(message({ content: 'Done.', tool_calls: {} }, 'stop'))];
    const { text, calls } = await ask(server);
    assert.deepEqual([text, calls], ['Done.', []]);
  });

  for (const announced of [[], 'f()']) {
    it(`does not take a text for the whole reply whose calls are ${JSON.stringify(announced)}`, async () => {
      const said = { content: 'Let me look.', tool_calls: announced };
      server.answers = [json(message(said, 'tool_calls')), json(message(said, 'stop'))];
      assert.equal((await ask(server)).cut, announced.length === 0 ? true : undefined);
      assert.equal((await ask(server)).cut, undefined);
    });
  }

  it('takes missing arguments and a missing name', async () => {
    server.answers = [
      json(
        message({
          tool_calls: [
            { id: 'a', function: {} },
            { id: 'b', function: { name: 'f', arguments: null } },
          ],
        }),
      ),
    ];
    assert.deepEqual((await ask(server)).calls, [
      { id: 'a', name: 'unnamed', args: { type: 'parsed', value: {} } },
      { id: 'b', name: 'f', args: { type: 'parsed', value: {} } },
    ]);
  });

  const malformed: [string, RegExp][] = [
    ['{"path": "a', /not JSON/],
    ['[1]', /one JSON object, not an array/],
    ['7', /one JSON object, not a number/],
    ['"hello"', /one JSON object, not a string/],
    ['{"a":'.repeat(15_000), /not JSON/],
    [`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /./],
  ];
  for (const [written, reason] of malformed) {
    it(`hands on arguments that are no object with the reason: ${written.slice(0, 20)}`, async () => {
      server.answers = [
        json(message({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: written } }] })),
      ];
      const { args } = (await ask(server)).calls[0]!;
      assert.ok(args.type === 'malformed');
      assert.equal(args.text, written);
      assert.match(args.reason, reason);
    });
  }

  for (const written of ['', '{"path":"a']) {
    it(`takes a call that the length limit cut at ${JSON.stringify(written)} for malformed`, async () => {
      const whole = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } };
      const cut = { index: 1, id: 'b', function: { name: 'f', arguments: written } };
      server.answers = [stream(delta(call(whole)), delta(call(cut)), delta({}, 'length'))];
      const { calls, finishReason } = await ask(server);
      assert.equal(finishReason, 'length');
      assert.deepEqual(
        calls.map(({ args }) => args.type),
        ['parsed', 'malformed'],
      );
      assert.match(JSON.stringify(calls[1]), /length limit/);
    });
  }
});
