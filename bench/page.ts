import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { format } from 'oxfmt';
import layout from '../.oxfmtrc.json' with { type: 'json' };
import type { Outcome, Section, Table } from './section.ts';

/** Columns under their headings, numbers to the right: for a terminal. */
export function textOf({ headings, rows }: Table): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return lines.map(line).join('\n');
}

/** What it was measured on, in a line. */
export function machine(): string {
  const model = cpus()[0]?.model ?? '';
  const memory = Math.round(totalmem() / 1_024 ** 3);
  return `${cpus().length} cores (${model}), ${memory} GB, Node ${process.version}, Temporal's dev server on the same machine`;
}

const beginning = `# Benchmarks

Written by \`node bench/run.ts --write docs/benchmarks.md\`, one section at a time; no figure is typed by hand. What is
compared and how is in [bench/README.md](../bench/README.md). Ranges are the smallest and the largest of the runs: believe no difference that
is smaller than they are. Other machines, and busier ones, give other figures: \`make bench\` measures yours.
`;

/** Replaces the sections that were measured and leaves the others as they are. */
export async function writePage(
  file: string,
  order: readonly Section[],
  outcomes: ReadonlyMap<Section, Outcome>,
  command: (section: Section) => string,
): Promise<void> {
  const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const parts = order.flatMap((section) => {
    const outcome = outcomes.get(section);
    if (outcome !== undefined) return [partOf(section, outcome, command(section))];
    const [, old] = known.split(opening(section.name));
    return old === undefined ? [] : [`${opening(section.name)}${old.split(closing)[0] ?? ''}${closing}`];
  });
  const text = [beginning, ...parts].join('\n');
  const { code } = await format(file, text, layout);
  writeFileSync(file, code);
}

const closing = '<!-- end -->';
const opening = (name: string): string => `<!-- ${name} -->`;

function partOf({ name, title, about }: Section, { tables }: Outcome, command: string): string {
  return [
    opening(name),
    `## ${title}`,
    about,
    ...tables.map(markdownOf),
    `\`${command}\` on ${machine()}, ${new Date().toISOString().slice(0, 10)}.`,
    closing,
    '',
  ].join('\n\n');
}

function markdownOf({ headings, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(headings),
    line(headings.map((_, column) => (column === 0 ? '---' : '--:'))),
    ...rows.map(line),
  ].join('\n');
}
