import assert from 'node:assert/strict';
import { memoized } from '../../src/core/memoized.ts';

describe('what a pure function gave, kept', () => {
  it('is given again for the same arguments, of which it keeps the latest', () => {
    const made: string[] = [];
    const join = memoized(2, (one: string, other: string) => {
      made.push(one + other);
      return { joined: one + other };
    });
    assert.equal(join('a', 'b'), join('a', 'b'));
    assert.notEqual(join('a', 'b'), join('ab', ''));
    assert.deepEqual(made, ['ab', 'ab']);
    join('c', '');
    assert.deepEqual(join('ab', ''), { joined: 'ab' });
    assert.equal(made.length, 3);
    join('a', 'b');
    assert.equal(made.length, 4);
  });
});
