import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { coalesced } from '../../../src/client/web/api/coalesced.ts';

describe('what is asked for again and again', () => {
  it('goes on to its end, and once more after that', async () => {
    const begun: PromiseWithResolvers<undefined>[] = [];
    const ask = coalesced(() => {
      const work = Promise.withResolvers<undefined>();
      begun.push(work);
      return work.promise;
    });
    for (let times = 0; times < 9; times++) ask();
    await turn();
    assert.equal(begun.length, 1);
    begun[0]?.reject(new Error('no answer'));
    await turn();
    assert.equal(begun.length, 2, 'what was asked for meanwhile');
    begun[1]?.resolve(undefined);
    await turn();
    assert.equal(begun.length, 2);
    ask();
    assert.equal(begun.length, 3);
  });
});
