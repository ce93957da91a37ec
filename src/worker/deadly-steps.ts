/** Each try may cost everybody a worker. */
export const DEADLY_PAUSE_MS = 300_000;

/** As often as a model call or a tool in a step of its own is tried by workers that die over it. */
const MAX_DEATHS = 3;

/**
 * Local steps that workers of this machine died in. The server does not count their attempts: it gives the workflow task to the next
 * worker, again and again, and with it a step that kills each of them.
 */
export class DeadlySteps {
  readonly #deaths = new Map<string, number>();
  /** Until when a step is refused, by this process's own clock; for those that it has refused. */
  readonly #refusedUntil = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A worker died in it; `before`: so had others that it came after. */
  died(step: string, before: number): void {
    this.#deaths.set(step, Math.max(this.#deaths.get(step) ?? 0, before + 1));
  }

  deaths(step: string): number {
    return this.#deaths.get(step) ?? 0;
  }

  /** Whether it must not be run now. From the first refusal on that holds for a while; then one more try shows whether it has been mended. */
  isRefused(step: string): boolean {
    if (this.deaths(step) < MAX_DEATHS) return false;
    const until = this.#refusedUntil.get(step) ?? this.#now() + DEADLY_PAUSE_MS;
    this.#refusedUntil.set(step, until);
    return this.#now() < until;
  }

  survived(step: string): void {
    this.#deaths.delete(step);
    this.#refusedUntil.delete(step);
  }
}

/** A local step by what it is about, so that it is known again when it is tried as another activity. */
export function stepName(type: string, workflowId: string, args: readonly unknown[]): string {
  const about = [args[0]].flat().map((one) => (isKeyed(one) ? one.key : String(one)));
  return [type, workflowId, ...about].join(' ');
}

function isKeyed(value: unknown): value is { key: string } {
  return typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string';
}
