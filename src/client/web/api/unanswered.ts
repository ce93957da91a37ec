/** Whoever says the same again after this means it again. */
const SAME_MS = 600_000;

interface Sent<Mark> {
  readonly words: string;
  readonly mark: Mark;
  readonly at: number;
}

/**
 * What was sent and not answered. The same sent again is the same request: it has the same mark, such as the key under which the
 * server counts it once.
 */
export class Unanswered<Mark> {
  readonly #newMark: () => Mark;
  readonly #now: () => number;
  #sent: Sent<Mark> | undefined;

  constructor(newMark: () => Mark, now: () => number = Date.now) {
    this.#newMark = newMark;
    this.#now = now;
  }

  markOf(request: unknown): Mark {
    const words = JSON.stringify(request);
    const sent = this.#sent;
    if (sent?.words === words && this.#now() - sent.at < SAME_MS) return sent.mark;
    const mark = this.#newMark();
    this.#sent = { words, mark, at: this.#now() };
    return mark;
  }

  answered(): void {
    this.#sent = undefined;
  }
}
