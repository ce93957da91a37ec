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
      ['\ud800', 'U+D800'],
    ] as const)
      assert.equal(visibleText(`a${hidden}b`), `a⟨${name}⟩b`);
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
