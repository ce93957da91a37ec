import type { ContextEntry, Transition } from '../../contracts/state.ts';
import type { ApprovalView, StatusDocument } from '../../contracts/status.ts';
import type { LiveActivity, LiveView } from '../live.ts';

/** What a renderer needs to know of the lines before: whether one is unfinished, and what was said in it. */
interface Before {
  readonly lineOpen: boolean;
  readonly said: string;
}

/** Something that a watcher has not seen yet. `text` of words is only what the model added since the last ones. */
export type WatchEvent = { readonly before: Before } & (
  | { readonly type: 'words'; readonly turn: number; readonly text: string }
  | { readonly type: 'entry'; readonly entry: ContextEntry }
  | { readonly type: 'transition'; readonly transition: Transition }
  | {
      readonly type: 'approval';
      readonly agent: string;
      readonly definition: string;
      readonly approval: ApprovalView;
    }
  | { readonly type: 'retry'; readonly activity: LiveActivity }
);

/** Remembers what a watcher has seen. It does no I/O: looks go in, what is new comes out. */
export class WatchProgress {
  /** Last turn of which something was shown. */
  turn = 0;
  revision = -1;
  #current = 0;
  #status = '';
  #entriesOfTurn = new Map<number, number>();
  #approvals = new Set<string>();
  #attempts = new Map<string, number>();
  #words: { key: string; partial: string; shown: string } | undefined;
  #lineOpen = false;
  #silent = false;

  /** Whether there may be more to read; a finished tool changes the calls without changing the revision. */
  isNew(status: StatusDocument): boolean {
    this.#silent = false;
    const { turn, revision, calls, approvals, usage, queued } = status;
    const seen = JSON.stringify({
      turn,
      revision,
      calls,
      approvals: approvals.map(({ id }) => id),
      usage,
      queued,
    });
    if (seen === this.#status) return false;
    this.#status = seen;
    this.#current = Math.max(this.#current, turn);
    return true;
  }

  advance(
    status: StatusDocument,
    entries: readonly ContextEntry[],
    transitions: readonly Transition[],
  ): WatchEvent[] {
    // Both are read after the status, one maybe before and one after the agent went on. What is newer than the status
    // comes with the next look, when all that happened before it is there too.
    const newer = transitions.filter(({ revision }) => revision > status.revision);
    const horizon = Math.min(...newer.map(({ at }) => at));
    const happened = [
      ...this.#newEntries(entries.filter(({ at }) => at < horizon)).map((entry) => ({ at: entry.at, entry })),
      ...transitions
        .filter(({ revision }) => revision > this.revision && revision <= status.revision)
        .map((transition) => ({ at: transition.at, transition })),
    ].sort((a, b) => a.at - b.at);
    const events = happened.map((item): WatchEvent =>
      'entry' in item
        ? { type: 'entry', entry: item.entry, before: this.#takeWords(item.entry) }
        : { type: 'transition', transition: item.transition, before: this.#before(item.transition) },
    );
    this.revision = Math.max(this.revision, status.revision);
    const asked = status.approvals.filter(({ id }) => !this.#approvals.has(id));
    for (const { id } of asked) this.#approvals.add(id);
    const { agent, definition } = status;
    return [
      ...events,
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
  live({ activities }: LiveView): WatchEvent[] {
    return activities.flatMap((activity) => [...this.#retry(activity), ...this.#newWords(activity)]);
  }

  /** True the first time that nobody answers, until somebody does. What could not be read then is still new. */
  silence(): boolean {
    const first = !this.#silent;
    this.#status = '';
    this.#silent = true;
    return first;
  }

  /** What ends a line of words that the model has not finished: a line break, or nothing. */
  endLine(): string {
    const open = this.#lineOpen;
    this.#lineOpen = false;
    return open ? '\n' : '';
  }

  #newEntries(entries: readonly ContextEntry[]): ContextEntry[] {
    const counts = new Map<number, number>();
    const fresh = entries.filter(({ turn }) => {
      const count = (counts.get(turn) ?? 0) + 1;
      counts.set(turn, count);
      return count > (this.#entriesOfTurn.get(turn) ?? 0) && turn >= this.turn;
    });
    for (const [turn, count] of counts)
      this.#entriesOfTurn.set(turn, Math.max(count, this.#entriesOfTurn.get(turn) ?? 0));
    this.turn = Math.max(this.turn, ...entries.map(({ turn }) => turn));
    // The status may be older than what is read after it: after a reply, the next turn's words follow.
    const replied = entries.filter(({ message }) => message.role === 'assistant').map(({ turn }) => turn + 1);
    this.#current = Math.max(this.#current, ...replied);
    return fresh;
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
    // The model may have been asked since the status was read, for the first time too.
    return [{ type: 'words', turn: Math.max(1, this.#current), text, before: goesOn }];
  }

  /** The words that were shown live need not be said again when the whole reply arrives. */
  #takeWords({ message }: ContextEntry): Before {
    const words = message.role === 'assistant' ? this.#words : undefined;
    if (words) this.#words = undefined;
    return { ...this.#closeLine(), said: words?.shown ?? '' };
  }

  #before(transition: Transition): Before {
    return isRoutine(transition) ? { said: '', lineOpen: false } : this.#closeLine();
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

/** A step within a turn, which the turn itself shows. */
export function isRoutine({ from, to }: Transition): boolean {
  const routine = ['starting', 'thinking', 'acting'];
  return from !== to && routine.includes(from) && routine.includes(to);
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
