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

/** What the feed tells of an agent: how many approvals it has open, and in which turn it was when it last began or ended a wait. */
interface Told {
  readonly approvals: number;
  readonly turn: number;
}

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
  /** What was told since the last look. */
  #told = new Map<string, Told>();
  /** Of agents with approvals: the turn that the feed told of last. As many approvals in another one are others. */
  readonly #turns = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  #mayReadAllAt = 0;

  /** `pace`: how much faster than usual it looks, for tests. */
  constructor(inbox: Inbox, pace = 1) {
    this.#inbox = inbox;
    this.#pace = pace;
  }

  tell(agent: string, told: Told): void {
    this.#told.set(agent, told);
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
    const all = [...this.#told];
    const changed = all.filter(([agent, told]) => this.#isNews(agent, told, known.get(agent)));
    const closed = changed.filter(([, { approvals }]) => approvals === 0).map(([agent]) => agent);
    const asking = changed.filter(([, { approvals }]) => approvals > 0);
    if (closed.length > 0) this.#inbox.closed(closed);
    const isListRead = asking.length > MAX_ASKED;
    const isTooSoon = isListRead && performance.now() < this.#mayReadAllAt;
    this.#told = new Map(isTooSoon ? asking : []);
    this.#noteTurns(all);
    if (isTooSoon) return;
    if (isListRead) await this.#readAll();
    // If one can't be asked, the next reading of the list will tell.
    else await Promise.allSettled(asking.map(([agent]) => this.#inbox.ask(agent)));
  }

  /** Of all that need not be told once more. */
  #noteTurns(all: readonly [agent: string, told: Told][]): void {
    for (const [agent, { approvals, turn }] of all) {
      if (approvals === 0) this.#turns.delete(agent);
      else if (!this.#told.has(agent)) this.#turns.set(agent, turn);
    }
  }

  /** The list says already, and asks again by itself, of whom nobody gets an answer. */
  #isNews(agent: string, { approvals, turn }: Told, known: Known = 0): boolean {
    const turnBefore = this.#turns.get(agent) ?? turn;
    return known !== 'unanswered' && (known !== approvals || (approvals > 0 && turn !== turnBefore));
  }

  async #readAll(): Promise<void> {
    const began = performance.now();
    await this.#inbox.readAll().catch(() => undefined);
    const now = performance.now();
    this.#mayReadAllAt = now + Math.max(LIST_REST_MS / this.#pace, (now - began) * LIST_REST_FACTOR);
  }
}
