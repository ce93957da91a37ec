import assert from 'node:assert/strict';
import {
  ActivityFailure,
  ApplicationFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { notTaken } from '../../src/workflows/not-taken.ts';

const after = (cause: Error): ActivityFailure =>
  new ActivityFailure('Activity task failed', 'deliverMessage', '1', RetryState.TIMEOUT, 'worker', cause);
const late = (cause?: Error): TimeoutFailure => {
  const failure = new TimeoutFailure(
    'activity ScheduleToClose timeout',
    undefined,
    TimeoutType.SCHEDULE_TO_CLOSE,
  );
  return Object.assign(failure, { cause });
};

describe('what an agent has not taken', () => {
  const full = ApplicationFailure.create({ type: 'Conflict', message: '2 events are waiting' });

  for (const [what, cause, type, words] of [
    ['was refused', full, 'Conflict', '2 events are waiting'],
    ['was refused until there was no more time', late(full), 'Conflict', '2 events are waiting'],
    ['nobody answered for', late(), 'NoWorker', 'nobody answers for it'],
    [
      'failed in another way',
      ApplicationFailure.create({ type: 'ServiceError', message: 'over a limit' }),
      'NoWorker',
      'over a limit',
    ],
  ] as const)
    it(`${what} says so: ${words}`, () => {
      const failure = notTaken('desk', after(cause));
      assert.equal(failure.type, type);
      assert.equal(failure.message, `agent desk has not taken it: ${words}`);
    });
});
