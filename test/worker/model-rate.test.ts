import assert from 'node:assert/strict';
import { readEnvironment } from '../../src/worker/environment.ts';
import { taskQueueRate } from '../../src/worker/model-rate.ts';

const perSecond = { variable: 'PERDURE_MODEL_CALLS_PER_SECOND', seconds: 1 };
const perMinute = { variable: 'PERDURE_MODEL_CALLS_PER_MINUTE', seconds: 60 };

/**
 * The most that Temporal's limiter lets through within a stretch of time: every partition has a share of the rate, and
 * one second's worth of it saved up. `late` is how much longer the calls of that stretch may have been handed out over.
 */
function worst(rate: number, partitions: number, seconds: number, late: number): number {
  return partitions * (Math.floor(((seconds + 1 + late) * rate) / partitions) + 1);
}

describe('the rate of the task queue of model calls', () => {
  for (const limit of [perSecond, perMinute]) {
    for (const partitions of [1, 4]) {
      it(`never comes to more than the limit in ${limit.seconds} s with ${partitions} partitions`, () => {
        for (const calls of [partitions + 1, 10, 60, 500, 100_000]) {
          const rate = taskQueueRate({ ...limit, calls }, partitions);
          assert.ok(rate > 0);
          assert.ok(worst(rate, partitions, limit.seconds, 0.25) <= calls);
          assert.ok(
            worst(rate * 1.01, partitions, limit.seconds, 0.25) + partitions > calls,
            'nor to much less',
          );
        }
      });
    }
  }

  it('is refused where the partitions alone would exceed the limit, with what to do', () => {
    assert.throws(() => taskQueueRate({ ...perSecond, calls: 4 }, 4), /PERDURE_MODEL_CALLS_PER_MINUTE/);
    assert.throws(() => taskQueueRate({ ...perMinute, calls: 3 }, 4), /at least 5$/);
  });

  it('is asked for by the second or by the minute, not both', () => {
    const [second, minute] = ['PERDURE_MODEL_CALLS_PER_SECOND', 'PERDURE_MODEL_CALLS_PER_MINUTE'] as const;
    assert.equal(readEnvironment({ [second]: '10' })[second], 10);
    assert.equal(readEnvironment({ [minute]: '10' })[minute], 10);
    assert.throws(() => readEnvironment({ [second]: '10', [minute]: '10' }), /exclude each other/);
    for (const wrong of ['1', '0', '-3', '1.5', 'many'])
      assert.throws(() => readEnvironment({ [second]: wrong }), new RegExp(second));
  });
});
