/** As many failures in a row, of whatever agents, are no longer a matter of one call. One agent's attempts alone are fewer. */
export const FAILURES_TO_OPEN = 5;
/** How long nobody asks after the breaker has opened; doubled with each probe that fails. */
export const OPEN_FIRST_MS = 15_000;
/** A server that is well again is noticed after this long at the most, provided that somebody has something to ask. */
export const OPEN_MAX_MS = 120_000;

/** How a call ended, as far as it says something about the server. */
export type CallEnd =
  /** The server answered, were it only with a refusal. */
  | 'answered'
  | 'ill'
  /** Nobody waited for the answer any more. */
  | 'unknown';

/** Leave to call; `end` must be told how it went, once. */
export interface Leave {
  readonly end: (how: CallEnd) => void;
}

type Phase =
  | { readonly name: 'closed'; readonly failures: number }
  | { readonly name: 'open'; readonly until: number; readonly pauseMs: number }
  | { readonly name: 'probing'; readonly probe: object; readonly pauseMs: number };

/**
 * Keeps calls from a server that is ill. Closed, all pass. After some failures in a row it opens and refuses all for a
 * pause; then one call goes through to probe, while the others are refused still, and what comes of it closes the
 * breaker or opens it for longer. It never calls or retries anything itself. `now` is in milliseconds.
 */
export class CircuitBreaker {
  readonly #now: () => number;
  #phase: Phase = { name: 'closed', failures: 0 };

  constructor(now: () => number) {
    this.#now = now;
  }

  get isClosed(): boolean {
    return this.#phase.name === 'closed';
  }

  /** Leave to call, or after how many milliseconds to ask again. Who insists goes through at once, as a probe. */
  ask({ insist = false }: { insist?: boolean | undefined } = {}): Leave | { readonly retryAfterMs: number } {
    const phase = this.#phase;
    if (phase.name === 'closed') return this.#leave({});
    const wait = phase.name === 'open' ? phase.until - this.#now() : OPEN_FIRST_MS;
    if (wait > 0 && !insist) return { retryAfterMs: wait };
    const probe = {};
    if (phase.name === 'open') this.#phase = { name: 'probing', probe, pauseMs: phase.pauseMs };
    return this.#leave(probe);
  }

  #leave(call: object): Leave {
    return {
      end: (how) => {
        if (how === 'answered') this.#phase = { name: 'closed', failures: 0 };
        else if (how === 'ill') this.#failed(call);
        else this.#forgotten(call);
      },
    };
  }

  #failed(call: object): void {
    const phase = this.#phase;
    if (phase.name === 'probing' && phase.probe === call) {
      this.#open(Math.min(OPEN_MAX_MS, phase.pauseMs * 2));
    } else if (phase.name === 'closed') {
      const failures = phase.failures + 1;
      if (failures >= FAILURES_TO_OPEN) this.#open(OPEN_FIRST_MS);
      else this.#phase = { name: 'closed', failures };
    }
    // Calls that began before it opened fail late; that tells nothing new.
  }

  /** A probe that was called off must not keep everybody out: the next call takes its place. */
  #forgotten(call: object): void {
    const phase = this.#phase;
    if (phase.name !== 'probing' || phase.probe !== call) return;
    this.#phase = { name: 'open', until: this.#now(), pauseMs: phase.pauseMs };
  }

  #open(pauseMs: number): void {
    this.#phase = { name: 'open', until: this.#now() + pauseMs, pauseMs };
  }
}
