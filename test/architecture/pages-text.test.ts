import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const pages = join(import.meta.dirname, '../../src/client/web');
/** Every way from a text to HTML: of React, of the DOM, and of frames. */
const html =
  /\b(?:dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc)\b|\bdocument\s*\.\s*write/i;

describe('the texts of models, tools and people', () => {
  it('are never HTML in the pages: UntrustedText shows them', () => {
    const files = globSync('**/*.{ts,tsx}', { cwd: pages });
    assert.ok(files.length > 50);
    assert.deepEqual(
      files.filter((file) => html.test(readFileSync(join(pages, file), 'utf8'))),
      [],
    );
  });

  for (const code of [
    '<p dangerouslySetInnerHTML={it} />',
    'p.innerHTML = it',
    'document.write(it)',
    '<iframe srcDoc={it} />',
  ])
    it(`would be noticed as HTML: ${code}`, () => {
      assert.match(code, html);
    });
});
