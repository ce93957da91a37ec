const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export const interruptedExitCode = 130;

/** How a person ends a program that has processes to stop in their order. */
export interface Interruption {
  /** Aborted when the program is to stop in good order. */
  readonly signal: AbortSignal;
  /** Everything is started. Before, ending at once is safe: what is already started ends with this process. */
  readonly upNow: () => void;
}

/** Listens to the signals that ask for an end; a second one means "now". `unread`: nobody reads any more what is written. */
export function interruption(unread: AbortSignal): Interruption {
  const asked = new AbortController();
  let isUp = false;
  const ask = (): void => {
    if (!isUp) process.exit(interruptedExitCode);
    asked.abort();
  };
  for (const signal of stopSignals)
    process.on(signal, () => {
      // Then, too, the children end with this process.
      if (asked.signal.aborted) process.exit(interruptedExitCode);
      ask();
    });
  unread.addEventListener('abort', ask);
  return {
    signal: asked.signal,
    upNow: () => {
      isUp = true;
    },
  };
}

/** Resolves when the signal is aborted. */
export function abortOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
}
