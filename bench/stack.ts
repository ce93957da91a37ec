import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '../temporal/child-process.ts';
import { startDevServer } from '../temporal/dev-server.ts';
import { startStubModel } from './stub-model.ts';
import { filler, readPath } from './variants.ts';

export const agentTaskQueue = 'agents';

export interface BenchStack {
  readonly address: string;
  /** Rejects, with its last words, when a process ends that should not. */
  readonly broken: Promise<never>;
  readonly stop: () => Promise<void>;
}

/** Both workers run all the time, so that each side has the other one's idle polling beside it. */
export async function startBenchStack(): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-bench-'));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    await mkdir(join(folder, 'workspace'));
    await writeFile(join(folder, 'workspace', readPath), filler);
    const model = await startStubModel();
    stops.push(model.close);
    const dbFilename = join(folder, 'temporal.db');
    const server = await startDevServer({ dbFilename, logFile: join(folder, 'temporal.log') });
    stops.push(server.stop);
    const workers = [
      await startAgentWorker(folder, server.address, model.url),
      await startBareWorker(folder, server.address, model.url),
    ];
    stops.push(...workers.map((worker) => worker.stop));
    const broken = Promise.race(workers.map(failWhenGone));
    // Nobody may be listening at the moment when the bench itself stops them.
    broken.catch(() => undefined);
    return { address: server.address, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The worker as it is built and shipped. */
function startAgentWorker(folder: string, address: string, modelUrl: string): Promise<Child> {
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
      PERDURE_WORKSPACE: join(folder, 'workspace'),
      PERDURE_DATA_DIR: join(folder, 'data'),
      PERDURE_MODEL: '',
      OPENAI_BASE_URL: modelUrl,
      OPENAI_API_KEY: 'none',
    },
    logFile: join(folder, 'worker.log'),
    isEntryPoint: true,
  });
}

function startBareWorker(folder: string, address: string, modelUrl: string): Promise<Child> {
  return startChild({
    name: 'bare worker',
    command: process.execPath,
    args: [join(import.meta.dirname, 'bare/worker.ts'), address, modelUrl, folder],
    env: process.env,
    logFile: join(folder, 'bare-worker.log'),
    isEntryPoint: false,
  });
}

async function failWhenGone(worker: Child): Promise<never> {
  await worker.exited;
  throw new Error(`the ${worker.name} ended: ${worker.lastLines()}`);
}
