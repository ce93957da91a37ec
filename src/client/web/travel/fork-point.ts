import type { TimelineItem } from '../../../contracts/timeline.ts';
import type { ForkPoint } from './fork-draft.ts';

/** What is told to a model as words of people; each of a turn is counted, in the order in which they were read. */
const told = new Set(['goal', 'message', 'event', 'notice']);

/** Where a fork would begin that does what a line tells of otherwise: at the end of its turn, with it ready to be changed. */
export function pointOf(item: TimelineItem, items: readonly TimelineItem[]): ForkPoint {
  const { turn } = item;
  if (item.kind === 'call' && item.outcome?.ok === true)
    return {
      turn,
      result: {
        turn: String(turn),
        call: String(item.index + 1),
        result: JSON.stringify(item.outcome.result, null, 2),
      },
    };
  if (
    item.kind === 'message' &&
    told.has(item.what) &&
    item.readIn !== undefined &&
    item.text !== undefined
  ) {
    const { readIn, text } = item;
    const same = items.filter(
      (other) => other.kind === 'message' && told.has(other.what) && other.readIn === readIn,
    );
    const nth = same.findIndex(({ id }) => id === item.id) + 1;
    return { turn: readIn, message: { turn: String(readIn), nth: String(Math.max(1, nth)), text } };
  }
  return { turn };
}
