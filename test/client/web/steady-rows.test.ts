import assert from 'node:assert/strict';
import { freshRows, noRows, steadyRows } from '../../../src/client/web/inbox/steady-rows.ts';

const keyOf = (text: string): string => text.slice(0, 1);

describe('rows of a list that changes', () => {
  it('stay where they are, whatever comes and goes', () => {
    const shown = freshRows(['a1', 'b1', 'c1'], keyOf);
    const { rows, fresh } = steadyRows(shown, ['x1', 'c2', 'a1', 'y1'], keyOf, true);
    assert.deepEqual(
      rows.map(({ row, isGone }) => [row, isGone]),
      [
        ['a1', false],
        ['b1', true],
        ['c2', false],
      ],
    );
    assert.equal(fresh, 2);
  });

  it('come back if they were gone by mistake', () => {
    const gone = steadyRows(freshRows(['a1'], keyOf), [], keyOf, true);
    assert.equal(gone.rows[0]?.isGone, true);
    assert.equal(steadyRows(gone, ['a2'], keyOf, true).rows[0]?.isGone, false);
  });

  it('come in their own order while the list is read for the first time', () => {
    const first = steadyRows(noRows, ['b1'], keyOf, false);
    const second = steadyRows(first, ['a1', 'b1'], keyOf, false);
    assert.deepEqual(
      second.rows.map(({ row }) => row),
      ['a1', 'b1'],
    );
    assert.equal(second.fresh, 0);
  });
});
