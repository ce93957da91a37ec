import { clean } from '../../../runtime/terminal-text.ts';

export { clean };

/** On one line, cut to a width in characters. */
export function oneLine(text: string, width = 100): string {
  const line = clean(text).replace(/\s+/g, ' ').trim();
  if (line.length <= width) return line;
  // Half of a character of two code units would be shown as a mark that nobody wrote.
  return `${line.slice(0, width - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

export function indent(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => `${by}${line}`.trimEnd())
    .join('\n');
}

/** JSON as a terminal or a pipe may get it: C1 controls are escaped too, which `JSON.stringify` leaves as they are. */
export function safeJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(
    /[\u007F-\u009F]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command as it can be typed. */
export function commandLine(words: readonly string[]): string {
  return clean(words.map(shellWord).join(' '));
}

/** Rows under their headings, columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(headings), ...rows.map(line)].join('\n');
}
