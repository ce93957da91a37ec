import type { TimelineItem } from '../../contracts/timeline.ts';

/** Nobody watches a screen for longer without anything moving. */
const GAP_MS = 60_000;

/** How many things may be going on that began before a gap: all calls of a turn, and some more. */
const LOOK_BACK = 60;

/** With an item wherever nothing happened for long while no model and no tool was at work; people may have been asked meanwhile. */
export function withGaps(items: readonly TimelineItem[]): TimelineItem[] {
  const told: TimelineItem[] = [];
  const work: Span[] = [];
  let last: number | undefined;
  for (const item of items) {
    const { at, turn } = item;
    if (last !== undefined && at - last - worked(work, last, at) >= GAP_MS)
      told.push({ kind: 'gap', id: `gap:${last}:${at}`, turn, at: last, endedAt: at });
    told.push(item);
    work.push(...workOf(item));
    work.splice(0, Math.max(0, work.length - LOOK_BACK));
    last = Math.max(last ?? at, at);
  }
  return told;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function workOf(item: TimelineItem): Span[] {
  if (item.kind === 'model') return [{ from: item.at, to: item.endedAt ?? item.at }];
  if (item.kind !== 'call') return [];
  return item.steps.flatMap(({ scheduledAt, endedAt, times }) =>
    scheduledAt === undefined || endedAt === undefined || times !== undefined
      ? []
      : [{ from: scheduledAt, to: endedAt }],
  );
}

/** How much of the time between two moments somebody was at work. */
function worked(work: readonly Span[], from: number, to: number): number {
  let until = from;
  let sum = 0;
  for (const span of work.toSorted((one, other) => one.from - other.from)) {
    const begin = Math.max(span.from, until);
    const end = Math.min(span.to, to);
    if (end <= begin) continue;
    sum += end - begin;
    until = end;
  }
  return sum;
}
