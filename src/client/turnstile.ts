interface Gate {
  inside: number;
  readonly waiting: (() => void)[];
}

/** Lets so many through at a time for each key, in the order in which they came. */
export class Turnstile {
  readonly #most: number;
  readonly #gates = new Map<string, Gate>();

  constructor(most: number) {
    this.#most = most;
  }

  async pass<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const gate = this.#gates.get(key) ?? { inside: 0, waiting: [] };
    this.#gates.set(key, gate);
    if (gate.inside < this.#most) gate.inside += 1;
    else await new Promise<void>((resolve) => gate.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = gate.waiting.shift();
      // Whoever leaves hands its place on, so that nobody slips in between.
      if (next) next();
      else gate.inside -= 1;
      if (gate.inside === 0) this.#gates.delete(key);
    }
  }
}
