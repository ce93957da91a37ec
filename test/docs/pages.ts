import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const projectRoot = dirname(dirname(import.meta.dirname));

export function page(name: string): string {
  return readFileSync(join(projectRoot, 'docs', name), 'utf8');
}

/** The text below a heading, up to the next one of the same or a higher level. */
export function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`there is no heading ${heading}`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => (/^(#+) /.exec(line)?.[1]?.length ?? Infinity) <= level);
  return rest.slice(0, end === -1 ? rest.length : end).join('\n');
}

/** The rows of every table in the text, without headers; a cell is its text, with code marks and escapes as written. */
export function rows(text: string): string[][] {
  const cells = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((row) => row.map((cell) => cell.trim().replaceAll(String.raw`\|`, '|')));
  const isRule = (row: readonly string[] | undefined): boolean =>
    row?.every((cell) => /^:?-+:?$/.test(cell)) ?? false;
  return cells.filter((row, index) => !isRule(row) && !isRule(cells[index + 1]));
}

/** What a cell says in code marks, from the first pair on. */
export function codes(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
}
