import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Turnstile } from '../../src/client/turnstile.ts';

describe('a turnstile', () => {
  it('lets a few through at a time, in order, and no other key waits for them', async () => {
    const turnstile = new Turnstile(2);
    const inside: string[] = [];
    const most = new Map<string, number>();
    const done: string[] = [];
    const pass = (key: string, name: string) =>
      turnstile.pass(key, async () => {
        inside.push(key);
        most.set(key, Math.max(most.get(key) ?? 0, inside.filter((one) => one === key).length));
        await pause(1);
        inside.splice(inside.indexOf(key), 1);
        done.push(name);
        if (name === 'b') throw new Error('on its way out');
        return name;
      });
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((name) => pass('one', name)));
    assert.deepEqual(done, ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
    await Promise.all([...['f', 'g', 'h'].map((name) => pass('one', name)), pass('other', 'i')]);
    assert.deepEqual(Object.fromEntries(most), { one: 2, other: 1 });
    assert.ok(done.indexOf('i') < done.indexOf('h'), 'the other key had to wait');
  });
});
