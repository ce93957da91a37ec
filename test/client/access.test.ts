import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { type Access, putAgain } from '../../src/client/access.ts';

/** As gRPC numbers it. */
const DEADLINE_EXCEEDED = 4;

describe('a question to an agent', () => {
  let tries: number;
  const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
  const access: Access = {
    ...{ client, taskQueue: 'q', answerTimeoutMs: 25_000 },
    onReadFromHistory: () => undefined,
  };

  beforeEach(() => {
    tries = 0;
    mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
    mock.method(client, 'withDeadline', async (until: number, work: () => Promise<unknown>) => {
      tries += 1;
      const answer = await work();
      if (answer === 'none') {
        mock.timers.setTime(until);
        throw failure(DEADLINE_EXCEEDED);
      }
      return answer;
    });
  });
  afterEach(() => {
    mock.reset();
  });
  after(() => client.connection.close());

  it('is put again when the worker that had it is gone', async () => {
    assert.equal(await putAgain(access, () => Promise.resolve(tries < 3 ? 'none' : 'here')), 'here');
    assert.equal(tries, 3);
  });

  it('is put for as long as there is time, and no longer', async () => {
    await assert.rejects(
      putAgain(access, () => Promise.resolve('none')),
      { code: DEADLINE_EXCEEDED },
    );
    assert.equal(tries, 3);
    assert.equal(Date.now(), 1_000_000 + access.answerTimeoutMs);
  });

  it('is put once where the answer is a refusal, or that nobody works at all', async () => {
    for (const code of [3, 9]) {
      tries = 0;
      await assert.rejects(
        putAgain(access, () => Promise.reject(failure(code))),
        { code },
      );
      assert.equal(tries, 1);
    }
  });
});

function failure(code: number): Error {
  return Object.assign(new Error('no'), { code, details: 'no', metadata: {} });
}
