import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type InjectedSinks, type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type winston from 'winston';
import { ContextCache, type ContextUpdate } from '../activities/context-cache.ts';
import { createModelActivities, createToolActivities } from '../activities/create-activities.ts';
import { createOpenAiModel } from '../activities/openai/openai-model.ts';
import { dataConverter } from '../contracts/data-converter.ts';
import { openLedger } from '../tools/ledger.ts';
import { tools } from '../tools/registry.ts';
import { openWorkspace } from '../tools/workspace.ts';
import { modelTaskQueue } from '../workflows/activity-options.ts';
import { bundlePath, bundleWorkflows } from './bundle.ts';
import { connect } from './connection.ts';
import { ConfigurationError, type WorkerEnvironment } from './environment.ts';
import { installRuntime } from './logger.ts';
import { ensureSearchAttributes } from './search-attributes.ts';

export interface RunningWorker {
  /** Resolves when both queues are drained after `shutdown`. */
  readonly finished: Promise<void>;
  readonly shutdown: () => void;
}

/**
 * Partial text becomes visible at this rate. The SDK's default would show one change in several seconds.
 */
const HEARTBEAT_THROTTLE_MS = 500;
/**
 * How long a workflow task waits for the worker that has the workflow in its cache. When that one is dead this is lost
 * time; when it is merely slow, another worker replays instead.
 */
const STICKY_TIMEOUT_MS = 1_000;

/** Composition root: connects, checks the namespace, and runs the workers of both task queues. */
export async function startWorker(
  environment: WorkerEnvironment,
  logger: winston.Logger,
): Promise<RunningWorker> {
  installRuntime(logger);
  prepareFolders(environment);
  const { connection, namespace, address } = await connect();
  const created = await ensureSearchAttributes(connection, namespace);
  if (created.length > 0) logger.info(`created search attributes ${created.join(', ')}`);
  const workers = await createWorkers(environment, connection, namespace);
  const { PERDURE_TASK_QUEUE: queue, PERDURE_AGENTS_DIR: agents, PERDURE_WORKSPACE: workspace } = environment;
  logger.info(`worker ready on ${queue} at ${address}/${namespace}`, { agents, workspace });
  const finished = Promise.all(workers.map((worker) => worker.run()))
    .then(() => undefined)
    .finally(() => connection.close());
  return {
    finished,
    shutdown: () => {
      for (const worker of workers) worker.shutdown();
    },
  };
}

function prepareFolders({
  PERDURE_DATA_DIR: dataDir,
  PERDURE_AGENTS_DIR: agentsDir,
  PERDURE_WORKSPACE: workspace,
}: WorkerEnvironment): void {
  if (!existsSync(agentsDir))
    throw new ConfigurationError(`PERDURE_AGENTS_DIR: there is no folder ${agentsDir}`);
  for (const [variable, folder] of Object.entries({
    PERDURE_DATA_DIR: dataDir,
    PERDURE_WORKSPACE: workspace,
  })) {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new ConfigurationError(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function createWorkers(
  environment: WorkerEnvironment,
  connection: NativeConnection,
  namespace: string,
): Promise<Worker[]> {
  const { PERDURE_TASK_QUEUE: taskQueue } = environment;
  const contexts = new ContextCache();
  // Unique, so that a restarted worker on the same host is never taken for the one that died.
  const identity = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const common: WorkerOptions = {
    connection,
    namespace,
    identity,
    taskQueue,
    dataConverter,
    shutdownGraceTime: environment.PERDURE_SHUTDOWN_GRACE_SECONDS * 1_000,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    ...versioning(environment),
  };
  const sinks: InjectedSinks<{ context: { feed(news: ContextUpdate): void } }> = {
    context: {
      feed: {
        fn: (_info, news) => {
          contexts.feed(news);
        },
        callDuringReplay: false,
      },
    },
  };
  const main = await Worker.create({
    ...common,
    ...(existsSync(bundlePath)
      ? { workflowBundle: { codePath: bundlePath } }
      : { workflowBundle: { code: await bundleWorkflows() } }),
    sinks,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT_MS,
    maxConcurrentActivityTaskExecutions: environment.PERDURE_TOOL_SLOTS,
    activities: createToolActivities(
      { agentsDir: environment.PERDURE_AGENTS_DIR, tools, model: environment.PERDURE_MODEL },
      { tools, resources: toolResources(environment) },
    ),
  });
  const models = await Worker.create({
    ...common,
    taskQueue: modelTaskQueue(taskQueue),
    maxConcurrentActivityTaskExecutions: environment.PERDURE_MODEL_SLOTS,
    activities: createModelActivities(createModel(environment), contexts),
  });
  return [main, models];
}

function toolResources(environment: WorkerEnvironment) {
  return {
    workspace: openWorkspace(environment.PERDURE_WORKSPACE),
    ledger: openLedger(join(environment.PERDURE_DATA_DIR, 'ledger.sqlite')),
    now: () => new Date(),
  };
}

function createModel({ OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl }: WorkerEnvironment) {
  return createOpenAiModel({
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  });
}

/** Opt-in: without it workers are unversioned, and changes to workflow code are kept safe by `patched` and the replay gate. */
function versioning({
  PERDURE_DEPLOYMENT: deploymentName,
  PERDURE_BUILD_ID: buildId,
}: WorkerEnvironment): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (deploymentName === undefined || buildId === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
