import type { Worker } from '@temporalio/worker';
import { ConfigurationError } from './environment.ts';

/** The part of a worker that running it takes. */
export type Runnable = Pick<Worker, 'run' | 'shutdown' | 'getState'>;

/** A worker at work. `ended` resolves when all is drained after `shutdown`, which may be called at any time. */
export interface Running {
  readonly ended: Promise<void>;
  readonly shutdown: () => void;
}

/** An error, what it was caused by, and so on; deeper ones say nothing more. */
const MAX_CAUSES = 5;

/** From now on: why a thread of this process ended before its time, if one did. */
export function watchThreads(): () => unknown {
  let lost: unknown;
  process.on('worker', (thread) => {
    thread.on('error', (error) => {
      lost = error;
    });
  });
  return () => lost;
}

interface RunOptions {
  readonly pauses?: Pauses;
  /** What the SDK may give up over without coming to an end. */
  readonly lostThread?: () => unknown;
}

export function running(
  worker: Runnable,
  { pauses = usualPauses, lostThread = () => undefined }: RunOptions = {},
): Running {
  let isAsked = false;
  const run = worker.run();
  return {
    ended: Promise.race([run, stuck(worker, run, { pauses, isAsked: () => isAsked, lostThread })]),
    shutdown: () => {
      isAsked = true;
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

interface Pauses {
  /** Between two looks at a worker. */
  readonly lookMs: number;
  /** How long a worker that has given up may take to end: more than an error takes, less than people take to notice. */
  readonly patienceMs: number;
}

const usualPauses: Pauses = { lookMs: 1_000, patienceMs: 10_000 };

/**
 * Fails when the SDK has begun to shut a worker down that nobody has told to, and does not come to the end of it: it waits for an
 * activation that it could not complete itself. Such a process would look alive and serve no agent.
 */
async function stuck(
  worker: Runnable,
  run: Promise<void>,
  { pauses, isAsked, lostThread }: Required<RunOptions> & { isAsked: () => boolean },
): Promise<never> {
  return new Promise((_settle, fail) => {
    let goneFor = 0;
    const timer = setInterval(() => {
      goneFor = isAsked() || worker.getState() === 'RUNNING' ? 0 : goneFor + pauses.lookMs;
      if (goneFor < pauses.patienceMs) return;
      stopLooking();
      fail(new Error('the worker gave up and did not end; the log says why', { cause: lostThread() }));
    }, pauses.lookMs);
    const stopLooking = (): void => {
      clearInterval(timer);
    };
    run.then(stopLooking, stopLooking);
  });
}

/**
 * Ends when all have ended. One that fails takes the others along: half a process would leave agents waiting for the rest. If
 * that was for want of memory, the failure says what to do.
 */
export async function endOfAll(workers: readonly Running[]): Promise<void> {
  const ends = await Promise.allSettled(
    workers.map(({ ended }) =>
      ended.catch((error: unknown) => {
        for (const worker of workers) worker.shutdown();
        throw error;
      }),
    ),
  );
  for (const end of ends) {
    if (end.status === 'rejected') throw isOutOfMemory(end.reason) ? outOfMemory() : end.reason;
  }
}

/** Workflows have a thread with a heap of its own; when that overflows, Node ends the thread. */
function isOutOfMemory(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < MAX_CAUSES && cause instanceof Error; depth += 1) {
    if ('code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY') return true;
    cause = cause.cause;
  }
  return false;
}

function outOfMemory(): ConfigurationError {
  return new ConfigurationError(
    'out of memory: the agents in memory are larger than planned. Lower PERDURE_CACHED_AGENTS, or give the worker more heap (NODE_OPTIONS=--max-old-space-size=<megabytes>). No agent is lost; start the worker again',
  );
}
