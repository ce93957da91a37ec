import { clean, oneLine, safeJson } from './text.ts';

/** Columns that a line of values may take; people read in windows of at least this width. */
export const LINE_COLUMNS = 100;
/** A cut line shows many values a little rather than one of them whole. */
const MAX_VALUE_CHARS = 44;

/** A value in one line: `path=report.md amount=12.5`. For orientation only: what is long is cut or left out. */
export function valueLine(value: unknown, width: number): string {
  if (!isRecord(value)) return oneLine(typeof value === 'string' ? value : exact(value), width);
  const pairs = Object.entries(value);
  const shown: string[] = [];
  // Room for the mark that something is missing.
  let room = width - 2;
  for (const [key, item] of pairs) {
    const text = `${exactKey(key)}=${brief(item, pairs.length === 1 ? width - key.length - 1 : MAX_VALUE_CHARS)}`;
    if (shown.length > 0 && text.length > room) continue;
    shown.push(text);
    room -= text.length + 1;
  }
  if (pairs.length === 0) return '{}';
  return oneLine([...shown, ...(shown.length < pairs.length ? ['…'] : [])].join(' '), width);
}

/**
 * A value whole, as what a person decides on: each different value gives a different text. Text is quoted wherever it
 * could be taken for something else. Lines break between the values of an object.
 */
export function valueLines(value: Readonly<Record<string, unknown>>, width: number): string[] {
  const lines: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const text = `${exactKey(key)}=${exact(item)}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= width)
      lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  }
  return lines.length === 0 ? ['{}'] : lines;
}

function exact(value: unknown): string {
  if (typeof value === 'string') return isPlain(value) ? value : quoted(value);
  if (Array.isArray(value)) return `[${value.map(exact).join(', ')}]`;
  if (!isRecord(value)) return quoted(value);
  const pairs = Object.entries(value).map(([key, item]) => `${exactKey(key)}=${exact(item)}`);
  return `{${pairs.join(' ')}}`;
}

function exactKey(key: string): string {
  return isPlain(key) ? key : quoted(key);
}

function brief(value: unknown, width: number): string {
  const text = exact(value);
  if (text.length <= width) return text;
  if (Array.isArray(value)) return `[${value.length} items]`;
  if (isRecord(value)) return '{…}';
  return typeof value === 'string' ? `"${oneLine(value, width - 2)}"` : oneLine(text, width);
}

/** A word that nobody can take for a number, a truth value, nothing, or the end of what it is in. */
function isPlain(text: string): boolean {
  const isWord = /^[\p{L}\p{N}_@%+:./-]+$/u.test(text);
  return isWord && Number.isNaN(Number(text)) && !['true', 'false', 'null', 'undefined'].includes(text);
}

/** JSON shows control characters as escapes; what it leaves as it is and a terminal would act on is taken out. */
function quoted(value: unknown): string {
  return clean(safeJson(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
