import { setTimeout } from 'node:timers/promises';

/** Long enough for any other process's write. Waiting in SQLite stops the whole thread: for programs that have nothing else to do. */
const patienceMs = 2_000;

/** Where a try is one of many it waits so long at most: a hundred that are made at once still leave heartbeats their time. */
const briefMs = 10;

/** Between two tries; about what another process needs to bring a write to the disk. */
const pauseMs = 40;

let waitMs = patienceMs;

const locked = new WeakSet<Error>();

/** How long SQLite is to wait for a lock in what is called now. */
export function lockWaitMs(): number {
  return waitMs;
}

/** Remembers that an error, whatever it is made into, means that somebody else had the lock. */
export function asLocked(error: Error): Error {
  locked.add(error);
  return error;
}

export function isLocked(error: unknown): boolean {
  return error instanceof Error && locked.has(error);
}

/**
 * Does what needs SQLite files, again and again while one is locked, as long as a single try would wait otherwise. In
 * between the thread is free, which is what a worker needs: one that stands still sends no heartbeats for anybody. The
 * part of `work` that uses files must be synchronous, and one that failed must have done nothing.
 */
export async function patiently<Result>(
  work: () => Result | Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await briefly(work);
    } catch (error) {
      if (!isLocked(error) || performance.now() >= end) throw error;
    }
    await setTimeout(pauseMs, undefined, signal && { signal });
  }
}

function briefly<Result>(work: () => Result): Result {
  waitMs = briefMs;
  try {
    return work();
  } finally {
    waitMs = patienceMs;
  }
}
