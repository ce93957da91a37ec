import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../contracts/activities.ts';
import { RunToArchive } from '../contracts/archived-run.ts';
import { describeIssues } from '../contracts/messages.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { summaryLine } from '../core/text.ts';
import { activityOptions, toolTaskQueue } from './activity-options.ts';
import { failure } from './handlers.ts';

const activities = proxyActivities<Activities>(activityOptions.archive);

/** Has one run of an agent archived, once it has closed. It is tried for as long as that takes; no agent depends on it. */
export async function archiveRun(argument: unknown): Promise<void> {
  const run = parsedOrFail(argument);
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  const summary = summaryLine(`run ${run.runId} of ${run.agent}`);
  await activities.archiveRun.executeWithOptions({ ...activityOptions.archive, taskQueue, summary }, [run]);
}

function parsedOrFail(argument: unknown): RunToArchive {
  const parsed = RunToArchive.safeParse(argument);
  if (parsed.success) return parsed.data;
  const message = isUndecodable(argument) ? undecodableReason(argument) : describeIssues(parsed.error);
  throw failure({ type: 'Invalid', message });
}
