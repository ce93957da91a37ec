import assert from 'node:assert/strict';
import { STATE_VERSION } from '../../src/contracts/state.ts';
import { MAX_MESSAGE_BYTES } from '../../src/activities/mcp/bounded-fetch.ts';
import * as bounds from '../../src/core/bounds.ts';
import { codes, page, rows, section } from './pages.ts';

describe('docs/long-lives.md', () => {
  const text = page('long-lives.md');

  it('has every bound of core with its value, its reason and what happens there, and no other', () => {
    const written = rows(section(text, '## Bounds')).flatMap(([cell, value, reason, behaviour]) => {
      const [name] = codes(cell);
      if (name === undefined) return [];
      assert.ok(reason && behaviour, name);
      return [[name, Number(value?.replaceAll(',', ''))] as const];
    });
    assert.deepEqual(Object.fromEntries(written), { ...bounds });
  });

  it('says how long an answer of an MCP server may be, as the page on tools does', () => {
    const most = MAX_MESSAGE_BYTES.toLocaleString('en-US');
    assert.match(text, new RegExp(`an answer of an MCP server +\\| ${most} `));
    assert.match(page('tools.md'), new RegExp(`an answer of more than ${most} bytes`));
  });

  it('tells the story of every version of the state', () => {
    const versions = rows(section(text, '## Versions of the carried state')).flatMap(([cell]) =>
      /^\d+$/.test(cell ?? '') ? [Number(cell)] : [],
    );
    assert.deepEqual(
      versions,
      Array.from({ length: STATE_VERSION }, (_, index) => index + 1),
    );
  });
});
