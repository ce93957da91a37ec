import { Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type winston from 'winston';
import { archiveQueue, SWEEP_WORKFLOW_TYPE } from '../contracts/archive-sweep.ts';
import { configuredConverter } from '../payloads/converter.ts';

/** Audits and the archive are as old as this at most. */
const EVERY = '1m';
/** Whatever was missed is in the next sweep. */
const CATCH_UP = '1m';
/** A sweep that no worker takes on, or that can't go on, must not hold up those after it for ever. */
const MAX_SWEEP = '1h';

/**
 * Has Temporal start a sweep every minute, unless there is a schedule for it already, which stays as it is: people may have paused
 * it or changed its times. Where that can't be done the log says so, and the worker works all the same.
 */
export async function ensureArchiveSchedule(
  connection: NativeConnection,
  { namespace, taskQueue }: { readonly namespace: string; readonly taskQueue: string },
  logger: winston.Logger,
): Promise<void> {
  const client = new Client({ connection, namespace, dataConverter: configuredConverter() });
  const scheduleId = archiveQueue(taskQueue);
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: EVERY }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
      action: {
        type: 'startWorkflow',
        workflowType: SWEEP_WORKFLOW_TYPE,
        taskQueue,
        workflowId: scheduleId,
        workflowExecutionTimeout: MAX_SWEEP,
        staticSummary: 'archives runs that have closed',
      },
      state: { note: 'Archives what has closed, and writes audits: docs/archive.md of Perdure.' },
    });
    logger.info(`schedule ${scheduleId} archives what has closed, every minute`);
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return warnIfPaused(client, scheduleId, logger);
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn(
      `nothing is archived by itself: the schedule ${scheduleId} can't be made (${reason}). ` +
        `Let the worker make schedules, or run perdure archive sync from time to time; PERDURE_ARCHIVE=off says no more of it`,
    );
  }
}

async function warnIfPaused(client: Client, scheduleId: string, logger: winston.Logger): Promise<void> {
  try {
    const { workflowService, options } = client;
    const { schedule } = await workflowService.describeSchedule({ namespace: options.namespace, scheduleId });
    if (schedule?.state?.paused)
      logger.warn(
        `nothing is archived: the schedule ${scheduleId} is paused (${schedule.state.notes ?? ''})`,
      );
  } catch {
    // It is there; who may not look at it can't tell more.
  }
}
