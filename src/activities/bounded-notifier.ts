import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { backoff } from '../core/pause.ts';
import type { NotifierPort } from './ports.ts';

/** As long as one waits that the receiver has refused. */
const FIRST_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 5 * 60_000;

/**
 * Sends so many notices at a time: each holds a slot that tools need for as long as its receiver takes. One more is put off, by chance
 * within a time that grows, so that those that came together do not come back together.
 */
export function boundedNotifier(notifier: NotifierPort, maxAtOnce: number): NotifierPort {
  let sending = 0;
  return {
    notify: async (notice) => {
      if (sending >= maxAtOnce) throw putOff(maxAtOnce);
      sending += 1;
      try {
        await notifier.notify(notice);
      } finally {
        sending -= 1;
      }
    },
  };
}

function putOff(maxAtOnce: number): ApplicationFailure {
  const { attempt } = Context.current().info;
  return ApplicationFailure.create({
    type: 'NotificationFailed',
    message: `put off: this worker waits for the receiver to answer ${maxAtOnce} others`,
    nextRetryDelay: Math.ceil(Math.random() * backoff(attempt - 1, FIRST_PAUSE_MS, MAX_PAUSE_MS)),
  });
}
