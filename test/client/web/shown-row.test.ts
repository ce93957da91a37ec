import assert from 'node:assert/strict';
import { freshRows } from '../../../src/client/web/inbox/steady-rows.ts';
import { shownRow } from '../../../src/client/web/inbox/use-shown-row.ts';

const rowsOf = (...names: string[]) => freshRows(names, (name) => name).rows;
const look = { list: 'all', selected: undefined, isWide: true };

describe('the approval that is shown beside the inbox', () => {
  it('stays while others come before it, and when it is gone', () => {
    const [item] = rowsOf('b');
    assert.ok(item);
    for (const rows of [rowsOf('b'), rowsOf('a', 'b', 'c'), rowsOf('a', 'c'), []])
      assert.equal(shownRow(rows, { list: 'all', item }, look)?.key, 'b');
  });

  it('is the first one there is, and of another view or filter the first one there', () => {
    const [item] = rowsOf('b');
    assert.ok(item);
    assert.equal(shownRow(rowsOf('a', 'c'), undefined, look)?.key, 'a');
    assert.equal(shownRow(rowsOf('a', 'c'), { list: 'mine', item }, look)?.key, 'a');
    assert.equal(shownRow(rowsOf('a', 'b'), { list: 'mine', item }, look)?.key, 'b');
  });

  it('is the chosen one, and without room no other', () => {
    assert.equal(shownRow(rowsOf('a', 'b'), undefined, { ...look, selected: 'b' })?.key, 'b');
    assert.equal(shownRow(rowsOf('a', 'b'), undefined, { ...look, isWide: false }), undefined);
  });
});
