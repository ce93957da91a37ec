import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { ToolError } from './define-tool.ts';
import type { Workspace } from './workspace.ts';

/** Far more rows than a desk's master data has; bounds the memory that a table takes. */
const maxRows = 50_000;

/** Bounds a table's file for the same reason. */
const maxTableBytes = 5 * 1024 * 1024;

export interface Table {
  /** Workspace path, links followed. */
  readonly path: string;
  readonly columns: readonly string[];
  readonly rows: readonly ReadonlyMap<string, string>[];
}

/** The delimiter that occurs most often in the header: spreadsheets in much of Europe write semicolons. */
function delimiterOf(text: string): string {
  const header = text.split(/\r?\n/u, 1)[0] ?? '';
  const counted = [',', ';', '\t'].map((mark) => ({ mark, count: header.split(mark).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}

function parseRecords(text: string, path: string): string[][] {
  try {
    return z.array(z.array(z.string())).parse(
      parse(text, {
        bom: true,
        delimiter: delimiterOf(text),
        skip_empty_lines: true,
        trim: true,
        to: maxRows + 2,
      }),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'not CSV';
    throw new ToolError('Invalid', `${path} is not a sound CSV table: ${reason}`);
  }
}

/** Reads a CSV file whose first line names the columns. */
export function readTable(workspace: Workspace, path: string): Table {
  const file = workspace.readText(path, maxTableBytes);
  const [columns = [], ...records] = parseRecords(file.text, file.path);
  if (columns.length === 0) throw new ToolError('Invalid', `${path} has no line that names its columns`);
  const doubled = columns.find((column, index) => columns.indexOf(column) !== index);
  if (doubled !== undefined) throw new ToolError('Invalid', `${path} has the column ${doubled} twice`);
  if (records.length > maxRows) throw new ToolError('Invalid', `${path} has more than ${maxRows} rows`);
  const rows = records.map(
    (record) => new Map(columns.map((column, index) => [column, record[index] ?? ''])),
  );
  return { path: file.path, columns, rows };
}
