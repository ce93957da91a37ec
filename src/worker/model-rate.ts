import type { NativeConnection } from '@temporalio/worker';
import { ConfigurationError, type WorkerEnvironment } from './environment.ts';

/** How many model calls a server may see within any stretch of this many seconds. */
interface ModelLimit {
  readonly variable: string;
  readonly calls: number;
  readonly seconds: number;
}

/** Temporal lets a task queue save up this much of its rate while nothing is to be done, and spend it at once. */
const BURST_SECONDS = 1;
/** A call reaches the model server later than it was handed out, by more or less: a busy worker bunches calls together. */
const BUNCHING_SECONDS = 0.25;

/** The rate to set on the task queue of model calls, in calls a second; undefined without a limit. */
export async function modelRateOf(
  environment: WorkerEnvironment,
  connection: NativeConnection,
  namespace: string,
): Promise<number | undefined> {
  const limit = limitIn(environment);
  if (limit === undefined) return undefined;
  return taskQueueRate(
    limit,
    await activityPartitions(connection, namespace, environment.PERDURE_TASK_QUEUE),
  );
}

function limitIn(environment: WorkerEnvironment): ModelLimit | undefined {
  const limits = [
    { variable: 'PERDURE_MODEL_CALLS_PER_SECOND' as const, seconds: 1 },
    { variable: 'PERDURE_MODEL_CALLS_PER_MINUTE' as const, seconds: 60 },
  ].flatMap(({ variable, seconds }): ModelLimit[] => {
    const calls = environment[variable];
    return calls === undefined ? [] : [{ variable, calls, seconds }];
  });
  return limits[0];
}

/**
 * The rate, in calls a second, that keeps a task queue below the limit at its worst: each of its partitions has a share
 * of the rate, and may after a lull let one call through, what it has saved up, and what comes in meanwhile.
 */
export function taskQueueRate({ variable, calls, seconds }: ModelLimit, partitions: number): number {
  if (calls <= partitions) {
    const perMinute = seconds < 60 ? ', or set PERDURE_MODEL_CALLS_PER_MINUTE instead' : '';
    throw new ConfigurationError(
      `${variable}: the task queue has ${partitions} partitions on this server and each may let a call through at once, so the limit must be at least ${partitions + 1}${perMinute}`,
    );
  }
  return (calls - partitions) / (seconds + BURST_SECONDS + BUNCHING_SECONDS);
}

/** Over how many partitions the server spreads the activities of a task queue; each gets its share of the rate. */
async function activityPartitions(
  connection: NativeConnection,
  namespace: string,
  taskQueue: string,
): Promise<number> {
  const { activityTaskQueuePartitions } = await connection.workflowService.listTaskQueuePartitions({
    namespace,
    taskQueue: { name: taskQueue },
  });
  return Math.max(1, activityTaskQueuePartitions.length);
}
