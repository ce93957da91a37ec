import assert from 'node:assert/strict';
import { problemOf } from '../../../src/client/web/api/problem.ts';
import { eachInTurn } from '../../../src/client/web/controls/each-in-turn.ts';

const tooMany = (seconds: string) =>
  problemOf(429, { status: 429, code: 'TooManyRequests', detail: 'More than 600 a minute.' }, seconds);

describe('a job on many', () => {
  it('says of each what came of it, and sends again what the server took no more of', async () => {
    const said = new Map<string, string>();
    let refusals = 2;
    const act = (item: string): Promise<string> => {
      if (item === 'b' && refusals-- > 0) return Promise.reject(tooMany('0'));
      return item === 'c' ? Promise.reject(new Error('it has ended')) : Promise.resolve('told');
    };
    await eachInTurn(['a', 'b', 'c'], act, new AbortController().signal, (item, word) =>
      said.set(item, word),
    );
    assert.deepEqual(
      [...said],
      [
        ['a', 'told'],
        ['b', 'told'],
        ['c', 'it has ended'],
      ],
    );
  });

  it('waits for the one on its way when it is stopped, and begins no other', async () => {
    const stop = new AbortController();
    const done: string[] = [];
    const act = (item: string): Promise<string> => {
      if (item === 'b') stop.abort();
      return Promise.resolve('told');
    };
    await eachInTurn(['a', 'b', 'c'], act, stop.signal, (item) => done.push(item));
    assert.deepEqual(done, ['a', 'b']);
  });

  it('does not send again what waits for the server when it is stopped', async () => {
    const stop = new AbortController();
    const done: string[] = [];
    setTimeout(() => {
      stop.abort();
    }, 10);
    await eachInTurn(
      ['a', 'b'],
      () => Promise.reject(tooMany('9000')),
      stop.signal,
      (item) => done.push(item),
    );
    assert.deepEqual(done, []);
  });
});
