import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { type Child, startChild } from '../temporal/child-process.ts';
import { startDevServer } from '../temporal/dev-server.ts';
import { bareStickyTaskQueue, bareTaskQueue } from './bare/task-queue.ts';
import { files } from './model-calls.ts';
import { startStubModel } from './stub-model.ts';

export const agentTaskQueue = 'agents';

/** The worker of the agents, that of the plain workflow, and one like it with a sticky timeout of 1 s. */
export type WorkerName = 'agents' | 'bare' | 'bareSticky';

export interface BenchStack {
  readonly address: string;
  /** Rejects, with its last words, when a process ends that should not. */
  readonly broken: Promise<never>;
  readonly pid: (worker: WorkerName) => number;
  readonly serverPid: number;
  /** Resolves when the new process has been started (not when it works) with the time of the kill, as in the histories. */
  readonly killAndRestart: (worker: WorkerName) => Promise<number>;
  /** Starts one more worker of agents, with other settings. Whoever asked for it stops it. */
  readonly startAnother: (env: Readonly<Record<string, string>>) => Promise<Child>;
  readonly stop: () => Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly address: string;
  readonly modelUrl: string;
  readonly bareBundle: string;
}

/** Both workers run all the time, so that each side has the other one's idle polling beside it. */
export async function startBenchStack(): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-bench-'));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    await fillWorkspace(join(folder, 'workspace'));
    const model = await startStubModel();
    stops.push(model.close);
    const dbFilename = join(folder, 'temporal.db');
    const server = await startDevServer({ dbFilename, logFile: join(folder, 'temporal.log') });
    stops.push(server.stop);
    const bareBundle = await bundleBareWorkflows(folder);
    const place = { folder, address: server.address, modelUrl: model.url, bareBundle };
    const workers = new BenchWorkers(place);
    stops.push(() => workers.stop());
    for (const name of ['agents', 'bare', 'bareSticky'] as const) await workers.start(name);
    return {
      address: server.address,
      broken: workers.broken,
      pid: (name) => workers.get(name).pid,
      serverPid: server.pid,
      killAndRestart: (name) => workers.killAndRestart(name),
      startAnother: (env) => startAgentWorker(place, env),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The processes that come and go while the server stays. */
class BenchWorkers {
  readonly broken: Promise<never>;
  readonly #place: Place;
  readonly #workers = new Map<WorkerName, Child>();
  #break: (error: Error) => void = () => undefined;

  constructor(place: Place) {
    this.#place = place;
    this.broken = new Promise((_resolve, reject) => (this.#break = reject));
    // Nobody may be listening at the moment when the bench itself stops them.
    this.broken.catch(() => undefined);
  }

  get(name: WorkerName): Child {
    const worker = this.#workers.get(name);
    if (worker === undefined) throw new Error(`there is no worker ${name}`);
    return worker;
  }

  async start(name: WorkerName): Promise<void> {
    const worker = await (name === 'agents'
      ? startAgentWorker(this.#place)
      : startBareWorker(this.#place, name));
    this.#workers.set(name, worker);
    void worker.exited.then(() => {
      // One that was replaced was killed on purpose.
      if (this.#workers.get(name) === worker)
        this.#break(new Error(`the ${worker.name} ended: ${worker.lastLines()}`));
    });
  }

  async killAndRestart(name: WorkerName): Promise<number> {
    const worker = this.get(name);
    this.#workers.delete(name);
    const killedAt = Date.now();
    worker.kill('SIGKILL');
    await worker.exited;
    await this.start(name);
    return killedAt;
  }

  async stop(): Promise<void> {
    for (const worker of this.#workers.values()) await worker.stop();
  }
}

async function fillWorkspace(folder: string): Promise<void> {
  for (const { path, content } of Object.values(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Built ahead like the agents', so that a restart is compared and not a bundler. */
async function bundleBareWorkflows(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./bare/workflow.ts', import.meta.url)),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  const file = join(folder, 'bare-bundle.js');
  await writeFile(file, code);
  return file;
}

/**
 * The worker as it is built and shipped, but that it archives only where it is told to: a sweep comes once a minute, and would take
 * its time from whatever is measured then, the plain workflow included.
 */
function startAgentWorker(
  { folder, address, modelUrl }: Place,
  more: Readonly<Record<string, string>> = {},
): Promise<Child> {
  return startChild({
    name: 'worker',
    command: process.execPath,
    args: [join(import.meta.dirname, '../dist/worker/main.js')],
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: 'default',
      PERDURE_TASK_QUEUE: agentTaskQueue,
      PERDURE_AGENTS_DIR: join(import.meta.dirname, 'agents'),
      PERDURE_TOOLS_DIR: join(import.meta.dirname, 'tools'),
      PERDURE_WORKSPACE: join(folder, 'workspace'),
      PERDURE_DATA_DIR: join(folder, 'data'),
      PERDURE_MODEL: '',
      PERDURE_ARCHIVE: 'off',
      OPENAI_BASE_URL: modelUrl,
      OPENAI_API_KEY: 'none',
      ...more,
    },
    logFile: join(folder, 'worker.log'),
    isEntryPoint: true,
  });
}

function startBareWorker(
  { folder, address, modelUrl, bareBundle }: Place,
  name: Exclude<WorkerName, 'agents'>,
): Promise<Child> {
  const queue = name === 'bare' ? [bareTaskQueue] : [bareStickyTaskQueue];
  const more = name === 'bare' ? [] : ['1s'];
  return startChild({
    name: 'bare worker',
    command: process.execPath,
    args: [
      join(import.meta.dirname, 'bare/worker.ts'),
      ...[address, ...queue, modelUrl, folder, bareBundle, ...more],
    ],
    env: process.env,
    logFile: join(folder, `${name}.log`),
    isEntryPoint: false,
  });
}
