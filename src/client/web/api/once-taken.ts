import { Problem } from './problem.ts';

/** The server counts by the minute, so that the second wait is mostly the last one. */
const MAX_WAITS = 3;

/**
 * Asks again, when the server says one may, where it had too many requests: it has then done nothing. Only for what nobody
 * needs an answer to at once.
 */
export async function onceTaken<Answer>(ask: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
  for (let waits = 0; ; waits++) {
    try {
      return await ask();
    } catch (error) {
      const waitMs = error instanceof Problem ? error.tooManyForMs : undefined;
      if (waitMs === undefined || waits === MAX_WAITS) throw error;
      await pause(waitMs, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error); // What aborts here gives an error, as browsers do.
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
