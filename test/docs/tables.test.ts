import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { page, projectRoot, rows, section } from './pages.ts';

describe('tables in docs', () => {
  for (const name of readdirSync(join(projectRoot, 'docs')).filter((file) => file.endsWith('.md')))
    it(`of ${name} have one line below their heads`, () => {
      assert.doesNotMatch(page(name), /^\|[\s:|-]+\|\n\|[\s:|-]+\|$/m);
    });

  it('of recovery.md say of every failure who answers for what, and what checks it', () => {
    for (const row of rows(section(page('recovery.md'), '## By kind of failure')))
      assert.ok(row.length === 4 && row.every((cell) => cell !== ''), row[0]);
  });
});
