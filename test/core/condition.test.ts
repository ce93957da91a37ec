import assert from 'node:assert/strict';
import type { Json } from '../../src/contracts/json.ts';
import { conditionProblem, holds } from '../../src/core/condition.ts';

const digits = '[1, 2, 3, 4, 5, 6, 7, 8, 9, 0]';

function nested(levels: number): string {
  const names = 'abcdefghijkl'.split('').slice(0, levels);
  return `${names.map((name) => `${digits}.all(${name}, `).join('')}true${')'.repeat(levels)}`;
}

describe('conditions', () => {
  const long = Array.from({ length: 3_000 }, (_, at) => at);
  const endless: [string, string, Json][] = [
    ['loops within loops', nested(9), null],
    ['two loops over a long list', 'payload.all(a, payload.exists(b, a == b))', long],
    ['a loop that compares all with all', 'payload.all(a, payload == payload)', 'x'.repeat(40_000).split('')],
    [
      'a text that is taken apart',
      'payload.split("").all(a, payload.split("").exists(b, a == b))',
      'ab'.repeat(500),
    ],
    [
      'names for sums of sums',
      'cel.bind(x, payload + payload, cel.bind(y, x + x, cel.bind(z, y + y, z.all(a, z.exists(b, a == b)))))',
      long.slice(0, 60),
    ],
  ];
  for (const [what, condition, payload] of endless) {
    it(`that could take for ever are not evaluated: ${what}`, () => {
      const held = holds(condition, { payload });
      assert.ok(typeof held === 'object');
      assert.match(held.problem, /too long/);
    });
  }

  it('that could take for ever on anything are refused before', () => {
    assert.match(conditionProblem(nested(9)) ?? '', /too long/);
    assert.match(conditionProblem('payload.matches // hidden\n ("(a+)+b")') ?? '', /matches\(\)/);
  });

  it('may go through lists of a usual length, also within each other and one after the other', () => {
    const items = Array.from({ length: 1_500 }, (_, id) => ({ id, kind: 'box' }));
    for (const condition of [
      'payload.items.exists(item, item.id == 1499)',
      'payload.items.filter(item, item.id < 5).map(item, item.id).all(id, id in [0, 1, 2, 3, 4])',
    ]) {
      assert.equal(holds(condition, { payload: { items } }), true, condition);
    }
    assert.equal(holds(nested(3), { payload: null }), true);
    const few = long.slice(0, 200);
    assert.equal(holds('payload.all(a, payload.exists(b, a == b))', { payload: few }), true);
  });
});
