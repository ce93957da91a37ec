import { isCancellation, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities, LocalActivities } from '../contracts/activities.ts';
import { RunToArchive } from '../contracts/archived-run.ts';
import { describeIssues } from '../contracts/messages.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { summaryLine } from '../core/text.ts';
import { toolTaskQueue } from '../contracts/task-queues.ts';
import { activityOptions } from './activity-options.ts';
import { failure } from './handlers.ts';

const activities = proxyActivities<Activities>(activityOptions.archive);
const local = proxyLocalActivities<LocalActivities>(activityOptions.archiveLocally);

/**
 * Has one run of an agent archived, once it has closed. The first time within the workflow task, which saves most of what archiving
 * costs; if that comes to nothing it is tried for as long as it takes. No agent depends on it.
 */
export async function archiveRun(argument: unknown): Promise<void> {
  const run = parsedOrFail(argument);
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  const summary = summaryLine(`run ${run.runId} of ${run.agent}`);
  if (await isArchivedNow(run, summary)) return;
  await activities.archiveRun.executeWithOptions({ ...activityOptions.archive, taskQueue, summary }, [run]);
}

async function isArchivedNow(run: RunToArchive, summary: string): Promise<boolean> {
  try {
    await local.archiveRun.executeWithOptions({ ...activityOptions.archiveLocally, summary }, [run]);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}

function parsedOrFail(argument: unknown): RunToArchive {
  const parsed = RunToArchive.safeParse(argument);
  if (parsed.success) return parsed.data;
  const message = isUndecodable(argument) ? undecodableReason(argument) : describeIssues(parsed.error);
  throw failure({ type: 'Invalid', message });
}
