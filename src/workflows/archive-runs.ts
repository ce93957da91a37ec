import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../contracts/activities.ts';
import { archiveQueue, type Sweep } from '../contracts/archive-sweep.ts';
import { activityOptions } from './activity-options.ts';

const { archiveRuns: sweep } = proxyActivities<Activities>(activityOptions.sweep);

/** Has what has closed since the last time archived. Started by a schedule; what one leaves undone the next one does. */
export async function archiveRuns(): Promise<Sweep> {
  const taskQueue = archiveQueue(workflowInfo().taskQueue);
  const summary = 'archives runs that have closed';
  return sweep.executeWithOptions({ ...activityOptions.sweep, taskQueue, summary }, []);
}
