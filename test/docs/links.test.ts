import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { page, projectRoot } from './pages.ts';

const docs = join(projectRoot, 'docs');

/** The anchor that a heading gets where Markdown is shown. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

describe('links between the pages of docs', () => {
  for (const name of readdirSync(docs).filter((file) => file.endsWith('.md'))) {
    it(`of ${name} lead somewhere`, () => {
      const links = [...page(name).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
      for (const [link, file = '', part] of links) {
        const target = file === '' ? join(docs, name) : join(dirname(join(docs, name)), file);
        assert.ok(existsSync(target), link);
        if (part === undefined) continue;
        const anchors = [...page(relative(docs, target)).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
          anchor(text),
        );
        assert.ok(anchors.includes(part), link);
      }
    });
  }
});
