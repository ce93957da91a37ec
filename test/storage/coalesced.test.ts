import assert from 'node:assert/strict';
import { coalesced } from '../../src/storage/coalesced.ts';

describe('callers that share what is done once', () => {
  /** Each round waits until it is let go, and finds what is so when it begins. */
  function reader() {
    const seen: { key: string; end: (error?: Error) => void }[] = [];
    let now = 0;
    const read = coalesced((key) => {
      const found = `${key}${now}`;
      return new Promise<string>((resolve, reject) => {
        const end = (error?: Error): void => {
          if (error) reject(error);
          else resolve(found);
        };
        seen.push({ key, end });
      });
    });
    return { read, seen, change: () => (now += 1) };
  }
  const settled = () => new Promise(setImmediate);

  it('shares one round among all who ask while another runs, and it begins after they asked', async () => {
    const { read, seen, change } = reader();
    const first = read('a');
    change();
    const others = [read('a'), read('a'), read('a')];
    await settled();
    assert.equal(seen.length, 1);
    seen[0]?.end();
    assert.equal(await first, 'a0');
    await settled();
    seen[1]?.end();
    assert.deepEqual(await Promise.all(others), ['a1', 'a1', 'a1']);
    assert.equal(seen.length, 2);
  });

  it('begins anew for who comes when nothing runs any more', async () => {
    const { read, seen, change } = reader();
    for (const found of ['a0', 'a1', 'a2']) {
      const one = read('a');
      seen.at(-1)?.end();
      assert.equal(await one, found);
      change();
      await settled();
    }
  });

  it('tells only those of a failed round that it failed', async () => {
    const { read, seen } = reader();
    const first = read('a');
    const second = read('a');
    seen[0]?.end(new Error('no'));
    await assert.rejects(first, /no/);
    await settled();
    seen[1]?.end();
    assert.equal(await second, 'a0');
  });

  it('keeps keys apart', async () => {
    const { read, seen } = reader();
    const both = [read('a'), read('b')];
    assert.deepEqual(
      seen.map(({ key }) => key),
      ['a', 'b'],
    );
    for (const { end } of seen) end();
    assert.deepEqual(await Promise.all(both), ['a0', 'b0']);
  });
});
