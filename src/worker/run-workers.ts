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

export function running(worker: Runnable): Running {
  return {
    ended: worker.run(),
    shutdown: () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
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
