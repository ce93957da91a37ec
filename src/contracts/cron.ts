/** A field of a cron text: its name, the values that it takes, and names that stand for some of them. */
interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
  /** How much of a word is enough. */
  readonly prefix?: number;
}

const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];
const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const second: CronField = { name: 'second', min: 0, max: 59 };
const fiveFields: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: ['', ...months], prefix: 3 },
  { name: 'day of week', min: 0, max: 7, words: days, prefix: 2 },
];
const year: CronField = { name: 'year', min: 2000, max: 2100 };

const shorthands = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/**
 * What is wrong with a cron text, in the form that Temporal's schedules take: minute, hour, day of month, month and day of
 * week, then the year, before them the second. Undefined when nothing is.
 */
export function cronProblem(text: string): string | undefined {
  const trimmed = text.trim();
  if (shorthands.includes(trimmed)) return undefined;
  if (trimmed.startsWith('@')) return `no such shorthand; there are ${shorthands.join(', ')}`;
  if (/^(CRON_)?TZ=/.test(trimmed)) return 'the time zone has a field of its own';
  const parts = trimmed.split(/\s+/);
  const fields = fieldsFor(parts.length);
  if (!fields) return `5 fields (minute hour day month weekday), 6 (with year) or 7 (second first)`;
  for (const [index, field] of fields.entries()) {
    const problem = fieldProblem(parts[index] ?? '', field);
    if (problem !== undefined) return `${field.name}: ${problem}`;
  }
  return undefined;
}

function fieldsFor(count: number): readonly CronField[] | undefined {
  if (count === 5) return fiveFields;
  if (count === 6) return [...fiveFields, year];
  return count === 7 ? [second, ...fiveFields, year] : undefined;
}

/** `*`, `x`, `x-z`, each with `/step` behind it, and several with commas between. */
function fieldProblem(text: string, field: CronField): string | undefined {
  for (const part of text.split(',')) {
    const [range = '', step, ...more] = part.split('/');
    if (more.length > 0) return `${part} has more than one step`;
    if (step !== undefined && !/^[1-9]\d{0,3}$/.test(step)) return `the step ${step} is no number above 0`;
    if (range === '*') continue;
    const ends = range.split('-');
    if (ends.length > 2) return `${range} is no range`;
    const values = ends.map((end) => valueOf(end, field));
    const at = values.indexOf(undefined);
    if (at >= 0) return `${ends[at] ?? ''} is not from ${field.min} to ${field.max}`;
    const [first = 0, last = first] = values;
    if (last < first) return `${range} ends before it begins`;
  }
  return undefined;
}

function valueOf(text: string, { min, max, words = [], prefix = 0 }: CronField): number | undefined {
  const isWord = words.length > 0 && text.length >= prefix;
  const word = isWord ? words.findIndex((name) => name.startsWith(text.toLowerCase())) : -1;
  const value = word >= 0 ? word : /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}
