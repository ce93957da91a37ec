import assert from 'node:assert/strict';
import { compactValues } from '../../../src/client/web/approval/title.ts';

describe('the arguments of a call on one line', () => {
  it('name all of them, and say where one goes on', () => {
    assert.equal(compactValues({}), 'no arguments');
    assert.equal(
      compactValues({ path: 'a.txt', times: 2, content: `${'word\n'.repeat(40)}end` }),
      `path: a.txt · times: 2 · content: ${'word '.repeat(11)}word…`,
    );
  });
});
