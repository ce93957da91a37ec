import type { AgentEvent } from '../../contracts/event.ts';
import type { AgentState } from '../../contracts/state.ts';
import type { TimelineItem, TimelineKind } from '../../contracts/timeline.ts';

export type ItemOf<Kind extends TimelineKind> = Extract<TimelineItem, { kind: Kind }>;

/** An event with the states around it. */
export interface Happening {
  readonly event: AgentEvent;
  readonly before: AgentState;
  /** With what the event did, while the calls of a turn that it ended are still there. */
  readonly applied: AgentState;
  readonly after: AgentState;
}

/** The items of a timeline by their ids, in the order in which they began. */
export class Sheet {
  readonly #items = new Map<string, TimelineItem>();

  /** Adds an item, or puts it in the place of what it was. */
  put(item: TimelineItem): void {
    this.#items.set(item.id, item);
  }

  has(id: string): boolean {
    return this.#items.has(id);
  }

  find<Kind extends TimelineKind>(kind: Kind, id: string): ItemOf<Kind> | undefined {
    const item = this.#items.get(id);
    return item && isOf(item, kind) ? item : undefined;
  }

  get items(): TimelineItem[] {
    return [...this.#items.values()];
  }
}

export function isOf<Kind extends TimelineKind>(item: TimelineItem, kind: Kind): item is ItemOf<Kind> {
  return item.kind === kind;
}
