import assert from 'node:assert/strict';
import { onceTaken } from '../../../src/client/web/api/once-taken.ts';
import { problemOf } from '../../../src/client/web/api/problem.ts';

const document = { status: 429, code: 'TooManyRequests', detail: 'More than 600 requests a minute.' };

describe('what the server takes no more of', () => {
  it('is asked again when the server says one may', async () => {
    let asked = 0;
    const answer = await onceTaken(() => {
      asked += 1;
      return asked < 3 ? Promise.reject(problemOf(429, document, '0')) : Promise.resolve('all');
    });
    assert.deepEqual([answer, asked], ['all', 3]);
  });

  it('is given up after some times, and at once where the server has not said when, or said no', async () => {
    for (const [problem, most] of [
      [problemOf(429, 'Slow down', '0'), 4],
      [problemOf(429, document), 1],
      [problemOf(503, { ...document, status: 503 }, '0'), 1],
    ] as const) {
      let asked = 0;
      const ask = () => {
        asked += 1;
        return Promise.reject(problem);
      };
      await assert.rejects(onceTaken(ask), problem);
      assert.equal(asked, most);
    }
  });

  it('is waited for no longer than somebody wants it', async () => {
    const leave = new AbortController();
    const answer = onceTaken(() => Promise.reject(problemOf(429, document, '9000')), leave.signal);
    setTimeout(() => {
      leave.abort(new Error('left'));
    }, 10);
    await assert.rejects(answer, { message: 'left' });
  });
});
