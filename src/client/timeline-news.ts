import type { Timeline, TimelineItem } from '../contracts/timeline.ts';

/**
 * What of a timeline somebody who follows it has not been told yet. Looks go in, what is new comes out; a question to a
 * model and a call are told when they are over, what waits for somebody when it begins and again when it changes.
 */
export class TimelineNews {
  /** What earlier turns had is told, and over. */
  from: number;
  /** Whether the last look came too late for what it should have seen: the agent was set back to an earlier turn. Then look again at once. */
  isBehind = false;
  readonly #first: number;
  readonly #tell: (item: TimelineItem) => string;
  readonly #told = new Map<string, { readonly turn: number; readonly text: string }>();

  /** An item is told again when `tell` has other words for it. */
  constructor(from: number, tell: (item: TimelineItem) => string) {
    this.from = from;
    this.#first = from;
    this.#tell = tell;
  }

  take({ items, lastTurn }: Pick<Timeline, 'items' | 'lastTurn'>): TimelineItem[] {
    this.isBehind = lastTurn < this.from && this.from > this.#first;
    if (this.isBehind) {
      this.from = Math.max(this.#first, lastTurn);
      for (const [id, { turn }] of this.#told) if (turn >= this.from) this.#told.delete(id);
      return [];
    }
    const news = items.filter((item) => isTellable(item) && this.#isNew(item));
    // What an earlier turn left open may go on.
    this.from = Math.max(this.from, Math.min(lastTurn, ...items.filter(isOpen).map(({ turn }) => turn)));
    for (const [id, { turn }] of this.#told) if (turn < this.from) this.#told.delete(id);
    return news;
  }

  #isNew(item: TimelineItem): boolean {
    const text = this.#tell(item);
    if (item.turn < this.from || this.#told.get(item.id)?.text === text) return false;
    this.#told.set(item.id, { turn: item.turn, text });
    return true;
  }
}

function isOpen(item: TimelineItem): boolean {
  if (item.kind === 'message') return item.readAt === undefined;
  const { kind, endedAt } = item;
  return endedAt === undefined && ['model', 'call', 'approval', 'wait', 'agent'].includes(kind);
}

function isTellable(item: TimelineItem): boolean {
  return !(isOpen(item) && (item.kind === 'model' || item.kind === 'call'));
}
