import type { ContextEntry, Transition } from '../../contracts/state.ts';
import type { ApprovalView } from '../../contracts/status.ts';
import type { TimelineItem } from '../../contracts/timeline.ts';
import { entryOf } from '../../core/timeline/entries.ts';
import type { Past } from '../agent-timeline.ts';
import type { LiveActivity, LiveView } from '../live.ts';
import { TimelineNews } from '../timeline-news.ts';

/** What a renderer needs to know of the lines before: whether one is unfinished, and what was said in it. */
interface Before {
  readonly lineOpen: boolean;
  readonly said: string;
}

/**
 * Something that a watcher has not seen yet. What is recorded has the item of the timeline with it; `text` of words is only
 * what the model added since the last ones.
 */
export type WatchEvent = { readonly before: Before } & (
  | { readonly type: 'words'; readonly turn: number; readonly text: string }
  | { readonly type: 'entry'; readonly entry: ContextEntry; readonly item: TimelineItem }
  | { readonly type: 'transition'; readonly transition: Transition; readonly item: TimelineItem }
  | {
      readonly type: 'approval';
      readonly agent: string;
      readonly definition: string;
      readonly approval: ApprovalView;
    }
  | { readonly type: 'item'; readonly item: TimelineItem }
  | { readonly type: 'retry'; readonly activity: LiveActivity }
);

/** Remembers what a watcher has seen. It does no I/O: looks go in, what is new comes out. */
export class WatchProgress {
  /** Of the history when it was last read. */
  mark = '';
  #turn = 0;
  readonly #news = new TimelineNews(0, (item) => JSON.stringify(item));
  #approvals = new Set<string>();
  #attempts = new Map<string, number>();
  #words: { key: string; partial: string; shown: string } | undefined;
  #lineOpen = false;
  #trouble: string | undefined;

  /** First turn of which there may be more to read. */
  get from(): number {
    return this.#news.from;
  }

  /** Whether the last look came too late for what it should have seen, because the agent was set back: the next one has it. */
  get isBehind(): boolean {
    return this.#news.isBehind;
  }

  /** What the agent's past has that was not there before, in the order in which it happened; then what people are asked now. */
  advance(mark: string, { timeline, status }: Past): WatchEvent[] {
    this.mark = mark;
    this.#trouble = undefined;
    this.#turn = status.turn;
    const told = this.#news.take(timeline);
    if (this.isBehind) this.mark = '';
    const happened = told
      .toSorted((one, other) => toldAt(one) - toldAt(other))
      .map((item) => this.#event(item, timeline.items));
    const asked = status.approvals.filter(({ id }) => !this.#approvals.has(id));
    for (const { id } of asked) this.#approvals.add(id);
    const { agent, definition } = status;
    return [
      ...happened,
      ...asked.map((approval): WatchEvent => ({
        type: 'approval',
        agent,
        definition: definition.name,
        approval,
        before: this.#closeLine(),
      })),
    ];
  }

  /** The model's words so far, and steps that had to be tried again. */
  live({ activities }: Pick<LiveView, 'activities'>): WatchEvent[] {
    return activities.flatMap((activity) => [...this.#retry(activity), ...this.#newWords(activity)]);
  }

  /** What keeps the agent from moving, or from being read, is said once, until something moves or it is another thing. */
  isNewTrouble(summary: string | undefined): boolean {
    const isNew = summary !== this.#trouble;
    this.#trouble = summary;
    return isNew;
  }

  /** What ends a line of words that the model has not finished: a line break, or nothing. */
  endLine(): string {
    const open = this.#lineOpen;
    this.#lineOpen = false;
    return open ? '\n' : '';
  }

  #event(item: TimelineItem, items: readonly TimelineItem[]): WatchEvent {
    const entry = entryOf(item, items);
    if (entry) return { type: 'entry', entry, item, before: this.#takeWords(entry) };
    const before = isQuiet(item) ? { said: '', lineOpen: false } : this.#closeLine();
    if (item.kind !== 'transition') return { type: 'item', item, before };
    return { type: 'transition', transition: item.transition, item, before };
  }

  #newWords({ id, attempt, partial }: LiveActivity): WatchEvent[] {
    if (partial === undefined || partial === '') return [];
    const key = `${id}/${attempt}`;
    const before = this.#words?.key === key ? this.#words : { key, partial: '', shown: '' };
    const text = added(before.partial, partial);
    if (text === '') return [];
    const goesOn = { said: before.shown, lineOpen: this.#lineOpen };
    this.#words = { ...before, partial, shown: before.shown + text };
    this.#lineOpen = true;
    // The model may have been asked for the first time since the history was read.
    return [{ type: 'words', turn: Math.max(1, this.#turn), text, before: goesOn }];
  }

  /** The words that were shown live need not be said again when the whole reply arrives. */
  #takeWords({ message }: ContextEntry): Before {
    const words = message.role === 'assistant' ? this.#words : undefined;
    if (words) this.#words = undefined;
    return { ...this.#closeLine(), said: words?.shown ?? '' };
  }

  #closeLine(): Before {
    return { said: '', lineOpen: this.endLine() !== '' };
  }

  #retry(activity: LiveActivity): WatchEvent[] {
    if (activity.attempt <= 1 || this.#attempts.get(activity.id) === activity.attempt) return [];
    this.#attempts.set(activity.id, activity.attempt);
    return [{ type: 'retry', activity, before: this.#closeLine() }];
  }
}

/** When whoever follows hears of it: of what takes a while, when it is over. */
function toldAt(item: TimelineItem): number {
  if (item.kind === 'message') return item.readAt ?? item.at;
  return item.endedAt ?? item.at;
}

/** What the lines around it show already has no line of its own. */
export function isQuiet(item: TimelineItem): boolean {
  switch (item.kind) {
    case 'transition': {
      const { from, to } = item.transition;
      const routine = ['starting', 'thinking', 'acting'];
      return from !== to && routine.includes(from) && routine.includes(to);
    }
    case 'model':
      return item.failure === undefined;
    case 'agent':
    case 'condensed':
      return false;
    // What an agent waits for, and who was asked, is told by the change of status and by the question itself.
    case 'turn':
    case 'message':
    case 'crew':
    case 'call':
    case 'approval':
    case 'wait':
    case 'end':
    case 'gap':
      return true;
  }
}

/** How much of the end of the old words is looked for in the new ones; heartbeats carry the last 4 KB only. */
const OVERLAP_CHARS = 200;

/** What `now` has beyond `before`, also when its beginning has been cut off since. */
export function added(before: string, now: string): string {
  if (now.startsWith(before)) return now.slice(before.length);
  const tail = before.slice(-OVERLAP_CHARS);
  const at = now.lastIndexOf(tail);
  return at < 0 ? now : now.slice(at + tail.length);
}
