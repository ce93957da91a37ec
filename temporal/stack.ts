import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import proto from '@temporalio/proto';
import { type Child, startChild } from './child-process.ts';
import { startDevServer } from './dev-server.ts';
import { portIn, uiPortBeside } from './free-port.ts';
import { type ConfiguredServer, answers, configuredServer, withConnection } from './running-server.ts';
import { SetupError } from './setup-error.ts';

export interface StackOptions {
  /** Holds the dev server's database and the logs, in `logs/<process>.log`. */
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** By default when the environment names no model server of its own. */
  readonly withSimulator?: boolean;
  readonly withAdmin?: boolean;
  /** Settings of the worker alone. */
  readonly workerEnv?: NodeJS.ProcessEnv;
}

export interface Stack {
  /** The environment with the addresses of what runs: other processes started with it find the same stack. */
  readonly env: NodeJS.ProcessEnv;
  readonly address: string;
  /** The dev server's Web UI; undefined when the Temporal server was there already. */
  readonly uiAddress: string | undefined;
  readonly simulatorUrl: string | undefined;
  readonly adminUrl: string | undefined;
  readonly logsDir: string;
  readonly children: readonly Child[];
  /** Resolves with the first process that ends, wanted or not. */
  readonly firstExit: Promise<Child>;
  /** Stops what this stack started, last started first. */
  readonly stop: () => Promise<void>;
}

const projectRoot = dirname(import.meta.dirname);
const readyTimeoutMs = 60_000;
const pollIntervalMs = 200;
const probeTimeoutMs = 2_000;
const defaultSimulatorPort = 4_500;
const defaultAdminPort = 4_400;

/** What is running while the stack goes up; on the way out of a failure it says what to stop. */
interface Progress {
  readonly options: StackOptions;
  readonly logsDir: string;
  readonly children: Child[];
  env: NodeJS.ProcessEnv;
  uiAddress?: string;
  simulatorUrl?: string;
  adminUrl?: string;
}

/**
 * Starts the dev server (unless a Temporal server answers at the configured address), the simulator, the worker and
 * the admin server, each when what it needs is ready. If one can't start, the others are stopped again. What is
 * started ends with this process even if that is killed.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const env: NodeJS.ProcessEnv = { ...options.env, PERDURE_DATA_DIR: options.dataDir };
  const progress: Progress = { options, logsDir: join(options.dataDir, 'logs'), children: [], env };
  const stop = async (): Promise<void> => {
    for (const child of progress.children.toReversed()) await child.stop();
  };
  try {
    const server = configuredServer(env);
    if (options.withAdmin === true) await choosePort(progress, 'PERDURE_ADMIN_PORT', defaultAdminPort);
    await provideTemporal(server, progress);
    const hasModel = Boolean(env['OPENAI_API_KEY']) || Boolean(env['OPENAI_BASE_URL']);
    if (options.withSimulator ?? !hasModel) await provideSimulator(progress);
    await provideWorker(server, progress);
    if (options.withAdmin === true) await provideAdmin(progress);
    return {
      env: progress.env,
      address: `${server.host}:${server.port}`,
      uiAddress: progress.uiAddress,
      simulatorUrl: progress.simulatorUrl,
      adminUrl: progress.adminUrl,
      logsDir: progress.logsDir,
      children: progress.children,
      firstExit: Promise.race(progress.children.map((child) => child.exited.then(() => child))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function provideTemporal(server: ConfiguredServer, progress: Progress): Promise<void> {
  if (await answers(server)) return;
  const started = await startDevServer({
    dbFilename: join(progress.options.dataDir, 'temporal.db'),
    port: server.port,
    uiPort: await uiPortBeside(server.port),
    namespace: server.namespace,
    logFile: join(progress.logsDir, 'temporal.log'),
  });
  progress.children.push(started.child);
  // By number, because that is where it listens; "localhost" may resolve to another address first.
  progress.env = { ...progress.env, TEMPORAL_ADDRESS: started.address };
  if (started.uiAddress === undefined) return;
  progress.uiAddress = started.uiAddress;
  progress.env = { ...progress.env, PERDURE_TEMPORAL_UI_URL: started.uiAddress };
}

async function provideSimulator(progress: Progress): Promise<void> {
  const port = await choosePort(progress, 'PERDURE_SIMULATOR_PORT', defaultSimulatorPort);
  const url = `http://127.0.0.1:${port}`;
  await refuseTaken(url, 'PERDURE_SIMULATOR_PORT');
  const child = await entryPoint('simulator', 'dist/simulator/main.js', progress);
  await ready(child, () => isHealthy(url));
  progress.simulatorUrl = url;
  progress.env = { ...progress.env, OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'simulator' };
}

/** A worker is ready when the server has seen it poll; an earlier worker's traces stay there for minutes. */
async function provideWorker(server: ConfiguredServer, progress: Progress): Promise<void> {
  const taskQueue = progress.env['PERDURE_TASK_QUEUE'] ?? 'perdure';
  const earlier = new Set(await pollers(server, taskQueue));
  const env = { ...progress.env, ...progress.options.workerEnv };
  const child = await entryPoint('worker', 'dist/worker/main.js', progress, env);
  await ready(child, async () =>
    (await pollers(server, taskQueue)).some((identity) => !earlier.has(identity)),
  );
}

async function provideAdmin(progress: Progress): Promise<void> {
  const port = await choosePort(progress, 'PERDURE_ADMIN_PORT', defaultAdminPort);
  const url = `http://${reachableAt(progress.env['PERDURE_ADMIN_HOST'])}:${port}`;
  await refuseTaken(url, 'PERDURE_ADMIN_PORT');
  const child = await entryPoint('admin', 'dist/client/admin/main.js', progress);
  await ready(child, () => isHealthy(url));
  progress.adminUrl = url;
}

/** One that listens at every address answers to the name of this machine. */
function reachableAt(host: string | undefined): string {
  if (host === undefined || ['', '0.0.0.0', '::'].includes(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function entryPoint(
  name: string,
  script: string,
  progress: Progress,
  env = progress.env,
): Promise<Child> {
  const path = join(projectRoot, script);
  if (!existsSync(path)) throw new SetupError(`${script} is not built: run "make build".`);
  const child = await startChild({
    name,
    command: process.execPath,
    args: [path],
    env,
    logFile: join(progress.logsDir, `${name}.log`),
    isEntryPoint: true,
  });
  progress.children.push(child);
  return child;
}

async function ready(child: Child, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs;
  while (!(await isReady())) {
    if (child.exit() !== undefined) {
      throw new SetupError(
        `The ${child.name} stopped while starting: ${child.lastLines() || 'it said nothing'}`,
      );
    }
    if (performance.now() > deadline) {
      throw new SetupError(
        `The ${child.name} was not ready within ${readyTimeoutMs / 1000} s: ${child.lastLines()}`,
      );
    }
    await sleep(pollIntervalMs);
  }
}

async function pollers(server: ConfiguredServer, taskQueue: string): Promise<string[]> {
  const described = await withConnection(server, (connection) =>
    connection.workflowService.describeTaskQueue({
      namespace: server.namespace,
      taskQueue: { name: taskQueue },
      // A worker that polls for workflow tasks has loaded its bundle.
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    }),
  );
  return described.pollers.map((poller) => poller.identity ?? '');
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(probeTimeoutMs) });
    return response.ok;
  } catch {
    return false;
  }
}

/** Somebody else's server on the port would be taken for ours. */
async function refuseTaken(url: string, variable: string): Promise<void> {
  const taken = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) }).then(
    () => true,
    (error: unknown) => error instanceof Error && error.name === 'TimeoutError',
  );
  if (taken)
    throw new SetupError(`Something already listens at ${url}: stop it, or set ${variable} to another port.`);
}

/** Once and for all processes: where any port will do, whoever is started first must know it too. */
async function choosePort(progress: Progress, variable: string, usual: number): Promise<number> {
  const port = await portIn(progress.env, variable, usual);
  progress.env = { ...progress.env, [variable]: String(port) };
  return port;
}
