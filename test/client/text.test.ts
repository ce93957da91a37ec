import assert from 'node:assert/strict';
import { clean, indent, oneLine, safeJson, shellWord, table } from '../../src/client/cli/view/text.ts';

describe('text in a terminal', () => {
  const cleaned: [string, string, string][] = [
    ['plain text and line breaks stay', 'Grüße\n\tok', 'Grüße\n\tok'],
    ['colours go', '\u001b[31mred\u001b[0m', 'red'],
    ['a title sequence goes', '\u001b]0;owned\u0007text', 'text'],
    ['a hyperlink goes, its text stays', '\u001b]8;;http://x\u0007here\u001b]8;;\u0007', 'here'],
    ['C1 sequences go', 'a\u009b2Jb', 'ab'],
    ['an overwriting carriage return goes', 'paid 10\rpaid 99', 'paid 10paid 99'],
    ['backspaces go', 'abc\b\b\bxyz', 'abcxyz'],
    ['reordering marks go', 'a\u202Eb\u2066c', 'abc'],
  ];
  for (const [title, input, expected] of cleaned)
    it(`is made harmless: ${title}`, () => {
      assert.equal(clean(input), expected);
    });

  it('is cut to one line of a width', () => {
    assert.equal(oneLine(' a\n b  c '), 'a b c');
    assert.equal(oneLine('x'.repeat(20), 5), 'xxxx…');
    assert.equal(oneLine('xxx😀yyy', 5), 'xxx…');
    assert.equal(oneLine('xx😀yyy', 5), 'xx😀…');
  });

  it('is indented without spaces at the ends of lines', () => {
    assert.equal(indent('a\n\nb', '  '), '  a\n\n  b');
  });

  it('is aligned in tables', () => {
    assert.equal(
      table(
        ['A', 'LONG'],
        [
          ['wide one', 'x'],
          ['b', 'y'],
        ],
      ),
      'A         LONG\nwide one  x\nb         y',
    );
  });
});

describe('JSON on stdout', () => {
  it('escapes every control character and stays the same value', () => {
    const value = { text: 'a\u001b[31m\u009b2J\u007f' };
    const json = safeJson(value);
    // oxlint-disable-next-line no-control-regex -- That there is none is what is tested.
    assert.doesNotMatch(json, /[\u0000-\u001f\u007f-\u009f]/);
    assert.deepEqual(JSON.parse(json), value);
  });
});

describe('shell words', () => {
  const words: [string, string][] = [
    ['invoice-desk_1', 'invoice-desk_1'],
    ['two words', "'two words'"],
    ["it's", `'it'\\''s'`],
    ['$(rm -rf /)', "'$(rm -rf /)'"],
    ['', "''"],
  ];
  for (const [input, expected] of words)
    it(`quotes ${JSON.stringify(input)}`, () => {
      assert.equal(shellWord(input), expected);
    });
});
