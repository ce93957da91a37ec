/** The reason with which the signal of `toldToStop` aborts. */
export class ToldToStop extends Error {
  override readonly name = 'ToldToStop';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.signal = signal;
  }
}

/**
 * Listens from now on, and aborts when the process is told to end. To be called before anything is loaded: until then a signal ends the
 * process as if it had failed, or, where it is the first one of a container, is lost. A second one of the same kind ends it at once.
 */
export function toldToStop(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      stopping.abort(new ToldToStop(signal));
    });
  return stopping.signal;
}

/** Acts when the process is told to stop, or now if it has been. */
export function onceTold(stop: AbortSignal, act: (told: ToldToStop) => void): void {
  const tell = (): void => {
    if (stop.reason instanceof ToldToStop) act(stop.reason);
  };
  if (stop.aborted) tell();
  else stop.addEventListener('abort', tell, { once: true });
}

/** For work that leaves nothing to be finished: fails with a `ToldToStop` as soon as the process is told to stop, whatever becomes of it. */
export async function unlessTold<T>(stop: AbortSignal, work: Promise<T>): Promise<T> {
  const told = new Promise<never>((_resolve, reject) => {
    onceTold(stop, reject);
  });
  return Promise.race([told, work]);
}
