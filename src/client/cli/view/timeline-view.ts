import type { TimelineItem } from '../../../contracts/timeline.ts';
import type { Colors } from '../output.ts';
import { itemWords } from './item-words.ts';
import { oneLine } from './text.ts';

/** What a terminal has at least. */
const COLUMNS = 80;
/** The time, the sign and the blanks between. */
const MARGIN = 11;
const LEAST_WORDS = 20;

/** One thing that happened, as one line that fits into a terminal. */
export function timelineLine(item: TimelineItem, colors: Colors): string {
  return `${'  '.repeat(item.below?.depth ?? 0)}${lineOf(item, colors)}`;
}

function lineOf(item: TimelineItem, colors: Colors): string {
  const { sign, words, after, tone } = itemWords(item);
  const tail = after === '' ? '' : ` (${oneLine(after, COLUMNS - MARGIN - LEAST_WORDS - 3)})`;
  const text = oneLine(words, Math.max(LEAST_WORDS, COLUMNS - MARGIN - tail.length));
  if (item.kind === 'turn') return colors.bold(`${clockOf(item.at)} ${text}${tail}`);
  const colour = { good: colors.green, bad: colors.red, waiting: colors.yellow, quiet: colors.dim }[tone];
  return `${colors.dim(clockOf(item.at))} ${colour(sign)} ${text}${colors.dim(tail)}`;
}

/** What happened, a line each, with the days. */
export function timelineLines(items: readonly TimelineItem[], colors: Colors): string[] {
  return items.flatMap((item, place) => {
    const day = dayLine(item, items[place - 1]);
    return [...(day === undefined ? [] : [colors.dim(day)]), timelineLine(item, colors)];
  });
}

/** A day, where the line before was of another one: times alone would mislead. */
function dayLine(item: TimelineItem, before: TimelineItem | undefined): string | undefined {
  const day = dayOf(item.at);
  return before && dayOf(before.at) === day ? undefined : day;
}

function dayOf(at: number): string {
  const { year, month, day } = parts(at);
  return `${year}-${month}-${day}`;
}

function clockOf(at: number): string {
  const { hour, minute, second } = parts(at);
  return `${hour}:${minute}:${second}`;
}

/** In the reader's own time zone. */
function parts(at: number) {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    ...{ year: String(date.getFullYear()), month: two(date.getMonth() + 1), day: two(date.getDate()) },
    ...{ hour: two(date.getHours()), minute: two(date.getMinutes()), second: two(date.getSeconds()) },
  };
}
