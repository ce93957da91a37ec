import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { boundedNotifier } from '../../src/activities/bounded-notifier.ts';
import type { Notice } from '../../src/contracts/notice.ts';

const notice: Notice = {
  ...{ id: 'notice_0123456789abcdef01234567', type: 'agent.failed', at: 0, agent: 'a1' },
  ...{ definition: 'invoice-desk', summary: 'it has failed' },
};

const logger = new DefaultLogger('ERROR');

describe('a notifier with a bound', () => {
  it('puts off, by a time that grows, what its receiver leaves no room for', async () => {
    const answers: PromiseWithResolvers<undefined>[] = [];
    const slow = {
      notify: () => {
        const answer = Promise.withResolvers<undefined>();
        answers.push(answer);
        return answer.promise;
      },
    };
    const bounded = boundedNotifier(slow, 2);
    const notify = (attempt = 1): Promise<void> =>
      new MockActivityEnvironment({ attempt }, { logger }).run(() => bounded.notify(notice));
    const pauseOf = async (attempt: number): Promise<number> => {
      const error: unknown = await notify(attempt).catch((reason: unknown) => reason);
      assert.ok(error instanceof ApplicationFailure && error.nonRetryable === false);
      assert.equal(error.type, 'NotificationFailed');
      return Number(error.nextRetryDelay);
    };
    const [first, second] = [notify(), notify()];
    for (const [attempt, max] of [
      [1, 2_000],
      [3, 8_000],
      [50, 300_000],
    ] as const) {
      const pauses = await Promise.all(Array.from({ length: 40 }, () => pauseOf(attempt)));
      assert.ok(pauses.every((pause) => pause > 0 && pause <= max));
      assert.ok(Math.max(...pauses) > max / 2);
    }
    assert.equal(answers.length, 2);
    answers[0]?.resolve(undefined);
    answers[1]?.reject(new Error('the receiver answered 500'));
    await first;
    await assert.rejects(second, /answered 500/);
    const [third, fourth] = [notify(), notify()];
    for (const answer of answers) answer.resolve(undefined);
    await Promise.all([third, fourth]);
  });
});
