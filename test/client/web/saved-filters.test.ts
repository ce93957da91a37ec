import assert from 'node:assert/strict';
import { MAX_SAVED, savedIn } from '../../../src/client/web/agents/saved-filters.ts';

describe('filters that a browser keeps', () => {
  it('are those that were saved, in their order', () => {
    assert.deepEqual(savedIn('["/agents?status=waiting","/agents?definition=a%26b&waitingFor=child"]'), [
      { status: 'waiting' },
      { waitingFor: 'child', definition: 'a&b' },
    ]);
  });

  it('are none where nothing, or anything else, stands', () => {
    for (const text of [null, '', 'no json', '{}', '[1]', '["/agents"]', '["https://a.example/"]'])
      assert.deepEqual(savedIn(text), [], String(text));
  });

  it('are not more than fit into a line or two', () => {
    const many = Array.from({ length: MAX_SAVED + 5 }, (_, index) => `/agents?definition=d${index}`);
    assert.equal(savedIn(JSON.stringify(many)).length, MAX_SAVED);
  });
});
