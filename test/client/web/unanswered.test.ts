import assert from 'node:assert/strict';
import { Unanswered } from '../../../src/client/web/api/unanswered.ts';

describe('what a page sends again', () => {
  it('is the same request until it was answered, others are sent, or it was long ago', () => {
    let marks = 0;
    let now = 0;
    const unanswered = new Unanswered(
      () => ++marks,
      () => now,
    );
    assert.deepEqual([unanswered.markOf({ a: 1 }), unanswered.markOf({ a: 1 })], [1, 1]);
    assert.deepEqual([unanswered.markOf({ a: 2 }), unanswered.markOf({ a: 1 })], [2, 3]);
    unanswered.answered();
    assert.equal(unanswered.markOf({ a: 1 }), 4);
    now = 3_600_000;
    assert.equal(unanswered.markOf({ a: 1 }), 5);
  });
});
