import { type InjectedSinks, Worker, type WorkerOptions } from '@temporalio/worker';
import { ContextCache } from '../activities/context-cache.ts';
import {
  type ActivityPorts,
  createAgentActivities,
  createArchiveActivities,
  createToolActivities,
} from '../activities/create-activities.ts';
import type { ArchivePort } from '../activities/ports.ts';
import { archiveQueue } from '../contracts/archive-sweep.ts';
import type { ContextNews } from '../contracts/context-news.ts';
import { configuredConverter } from '../payloads/converter.ts';
import type { MemoryPlan } from './memory-plan.ts';
import type { Sinks } from '@temporalio/workflow';
import { toolTaskQueue } from '../contracts/task-queues.ts';

export interface WorkerParts {
  /** Connection, identity, versioning and the like: the same for both queues. */
  readonly options: Omit<WorkerOptions, 'taskQueue' | 'activities' | 'workflowBundle' | 'sinks'>;
  readonly taskQueue: string;
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
  readonly ports: ActivityPorts;
  /** How many calls may run at once on this worker, and how much it keeps in memory. */
  readonly plan: MemoryPlan;
  /** What workflows report beside the context of models. */
  readonly sinks?: InjectedSinks<Sinks>;
  /** Model calls a second that the task queue hands out, to all workers together; no limit by default. */
  readonly modelRate?: number | undefined;
}

/** Partial text becomes visible at this rate. The SDK's default would show one change in several seconds. */
const HEARTBEAT_THROTTLE_MS = 500;
/**
 * How long a workflow task waits for the worker that has the workflow in its cache. When that one is dead this is lost
 * time; when it is merely slow, another worker replays instead.
 */
const STICKY_TIMEOUT_MS = 1_000;

/** Runs agents and their model calls. Takes some tenths of a second: the workflows are loaded into a thread of their own. */
export function createAgentWorker(parts: WorkerParts): Promise<Worker> {
  const { taskQueue, workflowBundle, ports, plan, modelRate } = parts;
  const contexts = new ContextCache(plan.contextBytes);
  return Worker.create({
    ...common(parts),
    taskQueue,
    workflowBundle,
    sinks: { ...parts.sinks, ...contextSinks(contexts) },
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT_MS,
    maxCachedWorkflows: plan.cachedAgents,
    maxConcurrentWorkflowTaskExecutions: plan.workflowTasks,
    maxConcurrentActivityTaskExecutions: plan.modelSlots,
    // With a rate the SDK asks for no calls along with workflow tasks: those would get past the server's count.
    ...(modelRate === undefined ? {} : { maxTaskQueueActivitiesPerSecond: modelRate }),
    activities: createAgentActivities(ports, contexts, { rated: modelRate !== undefined }),
  });
}

/** Runs tools, on a queue of their own. */
export function createToolWorker(parts: WorkerParts): Promise<Worker> {
  const { taskQueue, ports, plan } = parts;
  return Worker.create({
    ...common(parts),
    taskQueue: toolTaskQueue(taskQueue),
    maxConcurrentActivityTaskExecutions: plan.toolSlots,
    activities: createToolActivities(ports),
  });
}

/** Sweeps for what is to be archived, one at a time: two would read and write the same. */
export function createArchiveWorker(parts: WorkerParts, archive: ArchivePort): Promise<Worker> {
  return Worker.create({
    ...common(parts),
    taskQueue: archiveQueue(parts.taskQueue),
    maxConcurrentActivityTaskExecutions: 1,
    maxConcurrentActivityTaskPolls: 1,
    activities: createArchiveActivities(archive),
  });
}

function common({ options }: WorkerParts) {
  return {
    ...options,
    dataConverter: configuredConverter(),
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
  };
}

/** Feeds the cache from the workflows that run here. Not on replay: what was fed then is old news. */
function contextSinks(contexts: ContextCache): InjectedSinks<{ context: { feed(news: ContextNews): void } }> {
  const fn = (_info: unknown, news: ContextNews): void => {
    contexts.feed(news);
  };
  return { context: { feed: { fn, callDuringReplay: false } } };
}
