import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import type winston from 'winston';
import { boundedNotifier } from '../activities/bounded-notifier.ts';
import { openArtifacts } from '../activities/file-artifacts.ts';
import { McpServers } from '../activities/mcp/mcp-servers.ts';
import { guardModel } from '../activities/guarded-model.ts';
import { checkedServer } from '../activities/openai/model-server.ts';
import { onceTold, unlessTold } from '../runtime/told-to-stop.ts';
import { memoryFileName, openMemories } from '../storage/sqlite-memories.ts';
import { type AgentStarter, type AnyTool, ToolUnavailable } from '../tools/define-tool.ts';
import type { AgentsPort, ArchivePort, NotifierPort, RecordsPort } from '../activities/ports.ts';
import { webhookNotifier } from '../activities/webhook-notifier.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { openLedger } from '../tools/ledger.ts';
import { openWorkspace } from '../tools/workspace.ts';
import { workflowBundle } from './bundle.ts';
import { connect } from './connection.ts';
import { ensureArchiveSchedule } from './archive-schedule.ts';
import {
  createAgentWorker,
  createArchiveWorker,
  createToolWorker,
  type WorkerParts,
} from './create-workers.ts';
import { ConfigurationError, type WorkerEnvironment } from './environment.ts';
import { LateModel } from './late-model.ts';
import { lateArchive, lateRecords } from './late-ports.ts';
import { removeLeftovers } from './leftovers.ts';
import { loadTools } from './load-tools.ts';
import { installRuntime } from './logger.ts';
import { heapBytes, type MemoryPlan, memoryPlan } from './memory-plan.ts';
import { modelRateOf } from './model-rate.ts';
import { onlyForOwnWorkflows } from './own-workflows.ts';
import { prepareFolders } from './folders.ts';
import { DeadlySteps } from './deadly-steps.ts';
import { OwnAttempts } from './own-attempts.ts';
import { endOfAll, type Running, running, watchThreads } from './run-workers.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { recordFile, recordFolder, takeOver } from './take-over.ts';
import { type Observation, observe } from './telemetry/observation.ts';
import { temporalAgents } from './temporal-agents.ts';
import { trustedKeys } from './trusted-keys.ts';
import { heldChanges, sayWhatIsHeld, versioning } from './versioning.ts';

export interface RunningWorker {
  /** Resolves when both queues are drained after the process was told to stop. */
  readonly finished: Promise<void>;
}

/** What has been made ready, and has not begun to work. */
interface Prepared {
  readonly parts: WorkerParts;
  readonly model: LateModel;
  readonly archive: ReturnType<typeof lateArchive>;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly server: string;
  /** To be closed in the end, the last first. */
  readonly closing: AsyncDisposableStack;
  /** For an end as it should be. */
  readonly settle: () => Promise<void>;
}

/**
 * Composition root: connects, checks the namespace, and runs the workers of both task queues until it is told to stop. Fails with a
 * `ToldToStop` if it is told so before anything has begun.
 */
export async function startWorker(
  environment: WorkerEnvironment,
  logger: winston.Logger,
  { stop, tracer }: { readonly stop: AbortSignal; readonly tracer: Tracer | undefined },
): Promise<RunningWorker> {
  const prepared = await unlessTold(stop, prepare(environment, logger, stop, tracer));
  const { parts, model, archive, connection, namespace, server, closing, settle } = prepared;
  const workers = await beginToWork(parts, model, archive);
  const { PERDURE_TASK_QUEUE: queue, PERDURE_AGENTS_DIR: agents, PERDURE_WORKSPACE: workspace } = environment;
  logger.info(`worker ready on ${queue} at ${server}`, {
    agents,
    workspace,
    tools: environment.PERDURE_TOOLS_DIR,
  });
  void removeLeftovers(environment, (line) => logger.info(line));
  const scheduled = archive && ensureArchiveSchedule(connection, { namespace, taskQueue: queue }, logger);
  const finished = untilAllEnded(workers, closing, async () => {
    await settle();
    await scheduled;
  });
  // Also if it was told so while this one began.
  onceTold(stop, () => {
    for (const worker of workers) worker.shutdown();
  });
  return { finished };
}

async function prepare(
  environment: WorkerEnvironment,
  logger: winston.Logger,
  stop: AbortSignal,
  tracer?: Tracer,
): Promise<Prepared> {
  const observation = await observe(environment, tracer);
  installRuntime(logger, observation.sdkMetrics);
  prepareFolders(environment, (line) => logger.warn(line));
  sayWhatIsHeld(environment, logger);
  const model = lateModel(environment);
  const notifier = notifierOf(environment);
  const tools = await loadTools(environment.PERDURE_TOOLS_DIR);
  const { connection, namespace, address } = await connect();
  const server = `${address}/${namespace}`;
  const folder = recordFolder(environment.PERDURE_DATA_DIR);
  const deadly = new DeadlySteps();
  const takenOver = takeOver(connection.workflowService, { folder, server, namespace }, deadly, logger);
  // Unique, so that a restarted worker on the same host is never taken for the one that died.
  const identity = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const own = new OwnAttempts(recordFile(folder, identity), server, deadly, logger);
  const created = await ensureSearchAttributes(connection, namespace);
  if (created.length > 0) logger.info(`created search attributes ${created.join(', ')}`);
  const modelRate = await modelRateOf(environment, connection, namespace);
  if (modelRate !== undefined) logger.info(`model calls limited to ${modelRate.toFixed(2)} a second`);
  const report = (line: string): void => void logger.warn(line);
  const mcp = new McpServers({ env: process.env, report });
  const archive = lateArchive(environment, {
    ...{ connection, namespace, stopping: stop, report },
    maxHistoryBytes: planOf(environment).archivedHistoryBytes,
  });
  const parts = await partsOf(environment, tools, {
    ...{ model, mcp, notifier, report },
    agents: temporalAgents(connection, {
      ...{ namespace, taskQueue: environment.PERDURE_TASK_QUEUE, interceptors: observation.client },
    }),
    records: lateRecords(environment, connection, namespace),
    options: {
      ...{ connection, namespace, identity },
      interceptors: { activity: [onlyForOwnWorkflows, own.interceptor, ...observation.activities] },
    },
    observation,
    modelRate,
  });
  const metricsUrl = await observation.serve();
  if (metricsUrl !== undefined) logger.info(`metrics at ${metricsUrl}`);
  const closing = new AsyncDisposableStack();
  closing.defer(() => connection.close());
  closing.defer(observation.close);
  closing.defer(() => archive?.close());
  closing.defer(() => mcp.close());
  const settle = async (): Promise<void> => {
    own.remove();
    await takenOver;
  };
  return { parts, model, archive, connection, namespace, server, closing, settle };
}

/** What was opened is closed whatever the end was like; the rest is for an end as it should be. */
async function untilAllEnded(
  workers: readonly Running[],
  closing: AsyncDisposableStack,
  settle: () => Promise<void>,
): Promise<void> {
  try {
    await endOfAll(workers);
    await settle();
  } catch (error) {
    // A worker that did not come to its end still holds the connection; that must not hide why it gave up.
    await closing.disposeAsync().catch(() => undefined);
    throw error;
  }
  await closing.disposeAsync();
}

/** Tools run before agents can: a call that was cut off with another worker need not wait until the rest is loaded. */
async function beginToWork(
  parts: WorkerParts,
  model: LateModel,
  archive: ArchivePort | undefined,
): Promise<Running[]> {
  const lostThread = watchThreads();
  const begun = [running(await createToolWorker(parts))];
  try {
    // The workflows are loaded in another thread, the model's adapter in this one.
    const [agents] = await Promise.all([createAgentWorker(parts), model.load()]);
    begun.push(running(agents, { lostThread }));
    if (archive) begun.push(running(await createArchiveWorker(parts, archive)));
    return begun;
  } catch (error) {
    for (const { shutdown } of begun) shutdown();
    await Promise.all(begun.map(({ ended }) => ended));
    throw error;
  }
}

interface Surroundings {
  readonly model: LateModel;
  readonly agents: AgentsPort & AgentStarter;
  readonly records: RecordsPort;
  readonly mcp: McpServers;
  readonly notifier: NotifierPort | undefined;
  readonly options: WorkerParts['options'];
  readonly modelRate: number | undefined;
  readonly observation: Observation;
  readonly report: (line: string) => void;
}

async function partsOf(
  environment: WorkerEnvironment,
  tools: ReadonlyMap<string, AnyTool>,
  { model, mcp, notifier, agents, records, options, modelRate, observation, report }: Surroundings,
): Promise<WorkerParts> {
  return {
    options: {
      ...options,
      shutdownGraceTime: environment.PERDURE_SHUTDOWN_GRACE_SECONDS * 1_000,
      ...versioning(environment),
      ...heldChanges(environment),
    },
    taskQueue: environment.PERDURE_TASK_QUEUE,
    workflowBundle: await workflowBundle({ watched: observation.isWatched }),
    sinks: observation.sinks,
    ports: {
      definitions: {
        agentsDir: environment.PERDURE_AGENTS_DIR,
        tools,
        mcp,
        model: environment.PERDURE_MODEL,
        trusted: trustedKeys(environment, report),
        notifies: notifier !== undefined,
      },
      ...{ agents, records, notifier },
      // What the guard refuses goes nowhere, and is no call of a model.
      model: guardModel(observation.model(model, modelServerOf(environment)), {
        ...{ now: () => performance.now(), report },
      }),
      host: {
        ...{ tools: observation.tools(tools), mcp: observation.mcp(mcp) },
        resources: { ...toolResources(environment), agents },
        artifacts: openArtifacts(join(environment.PERDURE_DATA_DIR, 'artifacts')),
        memories: openMemories(
          join(environment.PERDURE_DATA_DIR, memoryFileName),
          (message, cause) => new ToolUnavailable(message, { cause }),
        ),
      },
    },
    plan: planOf(environment),
    modelRate,
  };
}

function planOf(environment: WorkerEnvironment): MemoryPlan {
  return memoryPlan(heapBytes(), {
    modelSlots: environment.PERDURE_MODEL_SLOTS,
    toolSlots: environment.PERDURE_TOOL_SLOTS,
    cachedAgents: environment.PERDURE_CACHED_AGENTS,
  });
}

function toolResources(environment: WorkerEnvironment) {
  return {
    workspace: openWorkspace(environment.PERDURE_WORKSPACE),
    ledger: openLedger(join(environment.PERDURE_DATA_DIR, 'ledger.sqlite')),
    now: () => new Date(),
  };
}

function notifierOf(environment: WorkerEnvironment): NotifierPort | undefined {
  const { PERDURE_NOTIFY_URL: url, PERDURE_NOTIFY_SECRET: secret, PERDURE_ADMIN_URL: adminUrl } = environment;
  if (url === undefined || secret === undefined) return undefined;
  try {
    return boundedNotifier(webhookNotifier({ url, secret, adminUrl }), planOf(environment).noticesAtOnce);
  } catch {
    // The library's own words may repeat a part of it.
    throw new ConfigurationError(
      'PERDURE_NOTIFY_SECRET: must be a secret in base64, with or without whsec_ before it',
    );
  }
}

function modelServerOf({ OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl }: WorkerEnvironment): URL {
  try {
    return new URL(checkedServer({ apiKey, baseUrl }).baseUrl);
  } catch (error) {
    throw new ConfigurationError(
      `OPENAI_BASE_URL: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Checks the settings at once, and loads the adapter when it is asked to. */
function lateModel(environment: WorkerEnvironment): LateModel {
  modelServerOf(environment);
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl } = environment;
  return new LateModel(async () => {
    const { createOpenAiModel } = await import('../activities/openai/openai-model.ts');
    return createOpenAiModel({ apiKey, baseUrl });
  });
}
