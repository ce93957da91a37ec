import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../contracts/activities.ts';
import { describeIssues } from '../contracts/messages.ts';
import { Notice } from '../contracts/notice.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { summaryLine } from '../core/text.ts';
import { toolTaskQueue } from '../contracts/task-queues.ts';
import { activityOptions } from './activity-options.ts';
import { failure } from './handlers.ts';

const { sendNotice } = proxyActivities<Activities>(activityOptions.notice);

/** Sends one notice. It is tried until it is taken or nobody needs it any more; nothing depends on it. */
export async function notify(argument: unknown): Promise<void> {
  const notice = parsedOrFail(argument);
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  const summary = summaryLine(`${notice.type} of ${notice.agent}`);
  await sendNotice.executeWithOptions({ ...activityOptions.notice, taskQueue, summary }, [notice]);
}

function parsedOrFail(argument: unknown): Notice {
  const parsed = Notice.safeParse(argument);
  if (parsed.success) return parsed.data;
  const message = isUndecodable(argument) ? undecodableReason(argument) : describeIssues(parsed.error);
  throw failure({ type: 'Invalid', message });
}
