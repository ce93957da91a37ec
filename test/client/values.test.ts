import assert from 'node:assert/strict';
import { valueLine, valueLines } from '../../src/client/cli/view/values.ts';

describe('values', () => {
  const whole: [string, Record<string, unknown>, string][] = [
    [
      'plain words and numbers',
      { path: 'a/b.md', amount: 12.5, paid: false },
      'path=a/b.md amount=12.5 paid=false',
    ],
    [
      'text that looks like something else',
      { a: '12.5', b: 'true', c: '', d: 'null' },
      'a="12.5" b="true" c="" d="null"',
    ],
    ['text with spaces and quotes', { a: `it's "so"` }, String.raw`a="it's \"so\""`],
    ['letters of any language', { name: 'Kältetechnik' }, 'name=Kältetechnik'],
    ['lists and objects', { a: ['x', 1], b: { c: [] } }, 'a=[x, 1] b={c=[]}'],
    ['text that would end a list', { a: ['x, y'] }, 'a=["x, y"]'],
    ['control characters', { a: '\u001b[2J\u202Ex' }, String.raw`a="\u001b[2Jx"`],
    ['a name with a space', { 'a b': 1 }, '"a b"=1'],
    ['nothing', {}, '{}'],
  ];
  for (const [title, value, expected] of whole)
    it(`are shown whole and unmistakable: ${title}`, () => {
      assert.deepEqual(valueLines(value, 100), [expected]);
    });

  it('are wrapped between names, and never cut', () => {
    assert.deepEqual(valueLines({ a: 1, b: 2, long: 'x'.repeat(30), c: 3 }, 12), [
      'a=1 b=2',
      `long=${'x'.repeat(30)}`,
      'c=3',
    ]);
  });

  const lines: [string, unknown, string][] = [
    ['text', 'one\ntwo', 'one two'],
    ['a long list', { entries: Array.from({ length: 30 }, () => ({ a: 1 })) }, 'entries=[30 items]'],
    ['a long text', { text: 'word '.repeat(30) }, 'text="word word word word word word wo…"'],
    [
      'more than there is room for',
      { a: 'x'.repeat(30), b: 'y'.repeat(30), c: 1 },
      `a=${'x'.repeat(30)} c=1 …`,
    ],
    ['a number', 7, '7'],
    ['nothing', null, 'null'],
  ];
  for (const [title, value, expected] of lines)
    it(`fit a line: ${title}`, () => {
      assert.equal(valueLine(value, 40), expected);
    });
});
