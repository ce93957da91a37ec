import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_SEEN_IDS } from '../../src/core/bounds.ts';
import { hasSeen, withSeen } from '../../src/core/seen-ids.ts';

describe('ids that have been seen', () => {
  it('are those of the list, whichever of its versions is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 200, maxLength: 400 }), (numbers) => {
        const versions: string[][] = [[]];
        for (const number of numbers) {
          const ids = versions.at(-1) ?? [];
          const id = String(number);
          assert.equal(hasSeen(ids, id), ids.includes(id));
          if (!ids.includes(id)) versions.push(withSeen(ids, id));
        }
        // Older versions are states of the past: what came after is unknown to them.
        for (const ids of versions.filter((_, index) => index % 50 === 0))
          for (const number of numbers)
            assert.equal(hasSeen(ids, String(number)), ids.includes(String(number)));
      }),
      { numRuns: 10 },
    );
  });

  it('are forgotten, the oldest first, when there are too many', () => {
    let ids: string[] = [];
    for (let number = 0; number <= MAX_SEEN_IDS; number += 1) {
      assert.ok(!hasSeen(ids, String(number)));
      ids = withSeen(ids, String(number));
    }
    assert.equal(ids.length, MAX_SEEN_IDS);
    assert.deepEqual([hasSeen(ids, '0'), hasSeen(ids, '1')], [false, true]);
  });
});
