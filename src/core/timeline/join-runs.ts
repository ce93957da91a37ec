import type { CallItem, TimelineItem } from '../../contracts/timeline.ts';
import { isOf, type ItemOf } from './sheet.ts';
import { withStep } from './steps.ts';

/**
 * The timeline of a chain of runs, oldest first: those of its runs one after the other, where what one left open and a later
 * one went on with is one item.
 */
export function joinRuns(runs: readonly (readonly TimelineItem[])[]): TimelineItem[] {
  const joined = new Map<string, TimelineItem>();
  for (const items of runs) {
    const names = unreadNames(joined);
    for (const item of items) {
      const id = names.get(item.id) ?? item.id;
      const earlier = item.carried ? joined.get(id) : undefined;
      joined.set(id, earlier ? goneOn(earlier, item) : item);
    }
  }
  // What was carried from before all of these runs may be of an earlier turn.
  return [...joined.values()].toSorted((one, other) => one.turn - other.turn);
}

/** A run does not know when the messages that wait to be read came, but their order. */
function unreadNames(joined: ReadonlyMap<string, TimelineItem>): Map<string, string> {
  const unread = [...joined.values()].filter(
    (item): item is ItemOf<'message'> => isOf(item, 'message') && item.readAt === undefined,
  );
  const places = (kind: 'message' | 'event'): [string, string][] =>
    unread
      .filter(({ what }) => (what === 'event') === (kind === 'event'))
      .map(({ id }, place) => [`carried:${kind}:${place}`, id]);
  return new Map([...places('message'), ...places('event')]);
}

function goneOn(earlier: TimelineItem, later: TimelineItem): TimelineItem {
  const { id, at, turn, carried } = earlier;
  const beginning = { id, at, turn, ...(carried ? { carried } : {}) };
  if (isOf(earlier, 'call') && isOf(later, 'call')) return { ...calledOn(earlier, later), ...beginning };
  if (isOf(earlier, 'wait') && isOf(later, 'wait')) {
    const { endedAt, endedBy } = later;
    return {
      ...earlier,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(endedBy ? { endedBy } : {}),
    };
  }
  if (isOf(earlier, 'message') && isOf(later, 'message')) return { ...earlier, ...readOf(later) };
  const { carried: _still, ...ended } = later;
  return { ...ended, ...beginning };
}

function readOf({ readAt, readIn, taken }: ItemOf<'message'>): Partial<ItemOf<'message'>> {
  return {
    ...(readAt === undefined ? {} : { readAt }),
    ...(readIn === undefined ? {} : { readIn }),
    ...(taken ? { taken } : {}),
  };
}

function calledOn(earlier: CallItem, { carried: _still, ...later }: CallItem): CallItem {
  const endedAt = earlier.endedAt ?? later.endedAt;
  return {
    ...later,
    ...(endedAt === undefined ? {} : { endedAt }),
    args: { ...earlier.args, ...later.args, proposed: earlier.args.proposed },
    verdicts: [...earlier.verdicts, ...later.verdicts],
    approvals: [...new Set([...earlier.approvals, ...later.approvals])],
    steps: later.steps.reduce<CallItem['steps']>(withStep, earlier.steps),
  };
}
