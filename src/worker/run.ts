import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { createLogger } from '../runtime/logger.ts';
import { onceTold, ToldToStop } from '../runtime/told-to-stop.ts';
import { ConfigurationError, readEnvironment } from './environment.ts';
import { tracerOf } from '../telemetry/start.ts';
import { startWorker } from './start-worker.ts';

/**
 * By how much the heap may grow between two full collections. V8 goes by how busy a program is: one that mostly waits gets a tenth, and
 * a worker, which sends whole conversations, is through with that every few turns. Read anew at each collection, by all threads.
 */
const HEAP_GROWTH_PERCENT = 50;
setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);

/** The worker process: starts, runs until it is told to stop, and says in one line why if it can't. */
export async function runWorker(stop: AbortSignal): Promise<void> {
  try {
    await run(stop);
  } catch (error) {
    // A server that does not answer is still being asked, and would keep the process for as long.
    if (error instanceof ToldToStop) process.exit(0);
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`worker: ${error.message}\n`);
    process.exit(1);
  }
}

async function run(stop: AbortSignal): Promise<void> {
  const environment = readEnvironment(process.env);
  const tracer = await tracerOf(process.env, 'perdure-worker').catch(refuse);
  const logger = createLogger({
    level: environment.LOG_LEVEL,
    format: environment.LOG_FORMAT,
    fields: tracer?.logFields,
  });
  // Of a tool that does not wait for what it began. It is no reason to take everybody else's work down.
  process.on('unhandledRejection', (reason) => {
    const told = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    logger.error(`something failed that nobody waited for, most likely in a tool: ${told}`);
  });
  onceTold(stop, ({ signal }) => {
    logger.info(
      `${signal}: finishing what runs, for at most ${environment.PERDURE_SHUTDOWN_GRACE_SECONDS} s`,
    );
  });
  const worker = await startWorker(environment, logger, { stop, tracer });
  // Not at the end: a worker that is killed has none.
  flushCompileCache();
  try {
    await worker.finished;
  } finally {
    await tracer?.close();
  }
  logger.info('worker stopped');
}

function refuse(error: unknown): never {
  throw new ConfigurationError(error instanceof Error ? error.message : String(error));
}
