import assert from 'node:assert/strict';
import { oneLine, visibleParts, visibleText } from '../../../src/client/web/text/visible-text.ts';

describe('text of models and strangers', () => {
  it('shows what can not be seen: direction marks, characters of no width, controls, tags', () => {
    for (const [hidden, name] of [
      ['\u202e', 'U+202E'],
      ['\u200b', 'U+200B'],
      ['\u2066', 'U+2066'],
      ['\u00ad', 'U+00AD'],
      ['\ufeff', 'U+FEFF'],
      ['\u0007', 'U+0007'],
      ['\u2028', 'U+2028'],
      ['\u3164', 'U+3164'],
      ['\u{e0041}', 'U+E0041'],
      ['\u{e0001}', 'U+E0001'],
      ['\u{e0100}', 'U+E0100'],
      ['\u{e01ef}', 'U+E01EF'],
      ['\ufe0f', 'U+FE0F'],
      ['\ufe00', 'U+FE00'],
      ['\u034f', 'U+034F'],
      ['\u180b', 'U+180B'],
      ['\ud800', 'U+D800'],
    ] as const)
      assert.equal(visibleText(`a${hidden}b`), `a⟨${name}⟩b`);
  });

  it('leaves how a symbol is drawn alone, and nothing that is hidden behind it', () => {
    assert.equal(visibleText('\u2764\ufe0f!'), '\u2764\ufe0f!');
    assert.equal(visibleText('\u2764\ufe0f\ufe0f'), '\u2764\ufe0f⟨U+FE0F⟩');
    assert.equal(visibleText('\u2764\ufe01'), '\u2764⟨U+FE01⟩');
  });

  it('leaves alone what is what it seems, in any language', () => {
    for (const text of ['a\tb\nc', 'Grüße', 'שלום', '日本語', '€ 1 000', '<b>&amp;</b>'])
      assert.deepEqual(visibleParts(text), [{ kind: 'text', text }]);
    assert.equal(visibleText('a\r\nb'), 'a\nb');
  });

  it('is cut between characters, never within one', () => {
    assert.equal(oneLine('a\n  b'), 'a b');
    assert.equal(oneLine('😀'.repeat(5), 4), '😀😀😀…');
  });
});
