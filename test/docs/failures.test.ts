import assert from 'node:assert/strict';
import { failures } from '../../src/contracts/failures.ts';
import { InterruptionKind } from '../../src/contracts/status.ts';
import { codes, page, rows, section } from './pages.ts';

describe('docs/failures.md', () => {
  const text = page('failures.md');

  it('has a section for each type of the failure table, and for nothing else', () => {
    const headings = [...text.matchAll(/^### `(.+)`$/gm)].map(([, type]) => type);
    assert.deepEqual(headings, Object.keys(failures));
  });

  for (const [type, { retryable, httpStatus, exitCode }] of Object.entries(failures)) {
    it(`says of ${type} what the table says`, () => {
      const said = section(text, `### \`${type}\``);
      assert.deepEqual(rows(said), [[retryable ? 'yes' : 'no', String(httpStatus), String(exitCode)]]);
      assert.match(said, /\*\*Do:\*\*/);
    });
  }

  it('explains every kind of interruption', () => {
    const kinds = rows(section(text, '## Interruptions: why an agent waits')).flatMap(([kind]) =>
      codes(kind),
    );
    const explained = kinds.filter((kind) => InterruptionKind.safeParse(kind).success);
    assert.deepEqual(explained.toSorted(), InterruptionKind.options.toSorted());
  });
});
