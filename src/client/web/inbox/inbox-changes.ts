/** What changes at once is looked at together. */
const GATHER_MS = 500;
/** Between two looks. */
const REST_MS = 2_000;
/** So many are asked one by one; of more the whole list is read again, which asks for a hundred at a time. */
const MAX_ASKED = 5;
/** Between two readings of the list at the least; a long one takes many requests, and has more rest. */
const LIST_REST_MS = 10_000;
const LIST_REST_FACTOR = 4;

/** How many approvals an agent has open, as far as it could be asked. */
type Known = number | 'unanswered';

/** How the inbox is asked, and brought up to date. */
interface Inbox {
  /** Of the agents that have any; undefined while they are being read. */
  readonly known: () => ReadonlyMap<string, Known> | undefined;
  /** What nobody has to be asked about. */
  readonly closed: (agents: readonly string[]) => void;
  readonly ask: (agent: string) => Promise<unknown>;
  readonly readAll: () => Promise<unknown>;
}

/**
 * Follows what the feed tells of agents, of which most is known already. However many change, and while the list is still
 * being read for the first time, no more is asked than a session may ask.
 */
export class InboxChanges {
  readonly #inbox: Inbox;
  readonly #pace: number;
  /** What was told since the last look: how many approvals an agent has open. */
  #told = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  #mayReadAllAt = 0;

  /** `pace`: how much faster than usual it looks, for tests. */
  constructor(inbox: Inbox, pace = 1) {
    this.#inbox = inbox;
    this.#pace = pace;
  }

  tell(agent: string, approvals: number): void {
    this.#told.set(agent, approvals);
    if (!this.#isLooking) this.#lookIn(GATHER_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told = new Map();
  }

  #lookIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#isLooking = true;
      void this.#look().finally(() => {
        this.#isLooking = false;
        this.#timer = undefined;
        if (this.#told.size > 0) this.#lookIn(REST_MS);
      });
    }, ms / this.#pace);
  }

  async #look(): Promise<void> {
    const known = this.#inbox.known();
    if (known === undefined) return;
    const changed = [...this.#told].filter(([agent, approvals]) => isNews(approvals, known.get(agent)));
    const closed = changed.filter(([, approvals]) => approvals === 0).map(([agent]) => agent);
    const asking = changed.filter(([, approvals]) => approvals > 0);
    if (closed.length > 0) this.#inbox.closed(closed);
    const isListRead = asking.length > MAX_ASKED;
    const isTooSoon = isListRead && performance.now() < this.#mayReadAllAt;
    this.#told = new Map(isTooSoon ? asking : []);
    if (isTooSoon) return;
    if (isListRead) await this.#readAll();
    // If one can't be asked, the next reading of the list will tell.
    else await Promise.allSettled(asking.map(([agent]) => this.#inbox.ask(agent)));
  }

  async #readAll(): Promise<void> {
    const began = performance.now();
    await this.#inbox.readAll().catch(() => undefined);
    const now = performance.now();
    this.#mayReadAllAt = now + Math.max(LIST_REST_MS / this.#pace, (now - began) * LIST_REST_FACTOR);
  }
}

/** The list says already, and asks again by itself, of whom nobody gets an answer. */
function isNews(approvals: number, known: Known = 0): boolean {
  return known !== 'unanswered' && known !== approvals;
}
