import assert from 'node:assert/strict';
import proto from '@temporalio/proto';
import { failureIn } from '../../src/client/trouble.ts';

type Event = proto.temporal.api.history.v1.IHistoryEvent;
const { TIMEOUT_TYPE_START_TO_CLOSE, TIMEOUT_TYPE_SCHEDULE_TO_START } =
  proto.temporal.api.enums.v1.TimeoutType;

function timedOut(timeoutType: number): Event {
  return { workflowTaskTimedOutEventAttributes: { timeoutType } };
}
const failed: Event = { workflowTaskFailedEventAttributes: { failure: { message: 'no' }, identity: 'w' } };
const completed: Event = { workflowTaskCompletedEventAttributes: {} };
const scheduled: Event = { workflowTaskScheduledEventAttributes: {} };

describe('a workflow task that does not succeed', () => {
  it('has failed, with what the worker said of it', () => {
    const found = failureIn([scheduled, failed, completed], 2);
    assert.deepEqual([found?.message, found?.worker], ['no', 'w']);
  });

  it('is no trouble once a later one has been completed', () => {
    assert.equal(failureIn([completed, failed], 2), undefined);
    assert.equal(failureIn([completed, timedOut(TIMEOUT_TYPE_START_TO_CLOSE)], 3), undefined);
  });

  it('is a trouble when it was not ended in time again and again, which no killed worker explains', () => {
    const events = [timedOut(TIMEOUT_TYPE_START_TO_CLOSE), completed];
    assert.equal(failureIn(events, 2), undefined);
    assert.deepEqual(
      [failureIn(events, 4)?.cause, failureIn(events, 4)?.message],
      ['TimedOut', '3 times in a row'],
    );
    assert.equal(failureIn([timedOut(TIMEOUT_TYPE_SCHEDULE_TO_START), completed], 4), undefined);
  });
});
