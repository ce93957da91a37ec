import * as z from 'zod';
import { defineTool, ToolError } from './define-tool.ts';
import { batchedTimeoutMs, maxPageChars } from './limits.ts';
import { readTable, type Table } from './table.ts';

/** As many rows as a model can make use of at once. */
const maxRows = 200;

/** One cell must not fill the page; what is cut off ends with an ellipsis. */
const maxCellChars = 1_000;

const Wanted = z.union([z.string(), z.number(), z.boolean()]);

function requireColumns(table: Table, columns: readonly string[]): void {
  const unknown = columns.filter((column) => !table.columns.includes(column));
  if (unknown.length === 0) return;
  throw new ToolError(
    'Invalid',
    `${table.path} has no column ${unknown.join(', ')}; it has ${table.columns.join(', ')}`,
  );
}

/** Text compares as text, a number as a number, so that 1000 finds `1000.00`. */
function isEqual(cell: string, wanted: z.infer<typeof Wanted>): boolean {
  return typeof wanted === 'number' ? cell !== '' && Number(cell) === wanted : cell === String(wanted).trim();
}

function cut(cell: string): string {
  return cell.length > maxCellChars ? `${cell.slice(0, maxCellChars)}…` : cell;
}

/** As many of the rows as fit a page; always one, so that paging gets on. */
function fit(rows: readonly Record<string, string>[]): Record<string, string>[] {
  let chars = 0;
  const end = rows.findIndex((row, index) => {
    chars += JSON.stringify(row).length;
    return index > 0 && chars > maxPageChars;
  });
  return rows.slice(0, end === -1 ? rows.length : end);
}

export const queryTable = defineTool({
  name: 'query_table',
  description:
    'Reads rows of a CSV file of the workspace. "where" keeps the rows whose columns equal the given values. ' +
    'A truncated answer goes on with offset + the number of rows.',
  effect: 'pure',
  timeoutMs: batchedTimeoutMs,
  input: z.strictObject({
    table: z.string().describe('Path of the CSV file, relative to the workspace'),
    where: z.record(z.string(), Wanted).default({}).describe('Column and value that it must equal'),
    columns: z.array(z.string()).min(1).max(100).optional().describe('Columns wanted; all by default'),
    limit: z.int().min(1).max(maxRows).default(50),
    offset: z.int().min(0).default(0),
  }),
  output: z.object({
    table: z.string(),
    columns: z.array(z.string()),
    rows: z.array(z.record(z.string(), z.string())),
    total: z.int().describe('Rows that fit the conditions'),
    truncated: z.boolean(),
  }),
  run: ({ table: path, where, columns: wanted, limit, offset }, { workspace }) => {
    const table = readTable(workspace, path);
    const columns = [...(wanted ?? table.columns)];
    const conditions = Object.entries(where);
    requireColumns(table, [...columns, ...conditions.map(([column]) => column)]);
    const found = table.rows.filter((row) =>
      conditions.every(([column, value]) => isEqual(row.get(column) ?? '', value)),
    );
    const rows = fit(
      found
        .slice(offset, offset + limit)
        .map((row) => Object.fromEntries(columns.map((column) => [column, cut(row.get(column) ?? '')]))),
    );
    return Promise.resolve({
      table: table.path,
      columns,
      rows,
      total: found.length,
      truncated: offset + rows.length < found.length,
    });
  },
});
