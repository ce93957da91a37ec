import { ModelFault } from './model-fault.ts';

/** The count of tokens follows the reply at once, if it follows at all; a reply is not lost to a server that never hangs up. */
const END_TIMEOUT_MS = 5_000;

/** Made once: taking its stack would cost each call more than the abort itself. */
const over = new DOMException('The call is over', 'AbortError');

export interface PatienceLimits {
  /** How long the server may say nothing at all before the call is given up. */
  readonly silenceMs: number;
  /** How long a call may take in all, however lively. */
  readonly totalMs: number;
}

/**
 * How long one call waits. A server that hangs is silent; one that trickles for ever is not, hence the bound on the whole.
 * Aborts its signal when the patience is over; `end` must be called, or its timers keep the process up.
 */
export class Patience {
  readonly #controller = new AbortController();
  #silence: NodeJS.Timeout;
  #endAwaited = false;
  readonly #total: NodeJS.Timeout;
  #fault: ModelFault | undefined;
  readonly #endMs: number;

  constructor({ silenceMs, totalMs }: PatienceLimits) {
    this.#endMs = Math.min(END_TIMEOUT_MS, silenceMs);
    this.#silence = setTimeout(() => {
      this.#giveUp(`no answer for ${silenceMs} ms`);
    }, silenceMs);
    this.#total = setTimeout(() => {
      this.#giveUp(`no whole answer within ${totalMs} ms`);
    }, totalMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the patience was over, if it was. */
  get fault(): ModelFault | undefined {
    return this.#fault;
  }

  heardFromServer(): void {
    this.#silence.refresh();
  }

  /** The reply is there; from now on silence soon means that nothing else will come. */
  waitOnlyForTheEnd(): void {
    if (this.#endAwaited || this.signal.aborted) return;
    this.#endAwaited = true;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.end();
    }, this.#endMs);
  }

  /** Stops waiting and lets go of the connection; an answer that was read to its end is not affected. */
  end(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#total);
    this.#controller.abort(over);
  }

  #giveUp(message: string): void {
    this.#fault = new ModelFault('ModelTimeout', message);
    this.end();
  }
}
