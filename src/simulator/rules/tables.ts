import { callKey, type Conversation } from './conversation.ts';
import type { Desk } from './desk.ts';
import { Rows, type Invoice } from './tool-results.ts';

/** Tables looked into at most, and look-ups in them: context for people, not a search of everything. */
const MAX_TABLES = 4;
const MAX_LOOKUPS = 40;
/** Rows shown in a question, and how long one may be. */
const MAX_ROWS = 3;
const MAX_ROW_CHARS = 240;

type Query = Readonly<Record<string, unknown>>;

/** A value of an invoice that tables may know, and the words that a column for it is named with. */
interface Lead {
  readonly topic: RegExp;
  readonly value: (invoice: Invoice) => string | null | undefined;
  /** Each word of the column's name is one of these, and one of the column or the table names the subject. */
  readonly words: readonly string[];
  readonly subject: RegExp;
}

const supplier = { topic: /supplier|vendor|order/i, subject: /^(supplier|vendor)/ };
/** The closest first: in a table of orders, the order itself tells more than all of the supplier's. */
const leads: readonly Lead[] = [
  {
    topic: /order/i,
    value: (it) => it.purchaseOrder,
    words: ['purchase', 'order', 'po', 'id', 'number', 'no', 'reference'],
    subject: /^(orders?|po)$/,
  },
  { ...supplier, value: (it) => it.supplier?.id, words: ['supplier', 'vendor', 'id', 'number', 'no'] },
  {
    ...supplier,
    value: (it) => it.supplier?.vatId,
    words: ['supplier', 'vendor', 'vat', 'id', 'number', 'no'],
    subject: /^vat/,
  },
  { ...supplier, value: (it) => it.supplier?.name, words: ['supplier', 'vendor', 'name'] },
];

/** Look-ups still to be made: first one row of each table for its columns, then rows about the open cases. */
export function lookupsToMake(desk: Desk): Query[] {
  const { conversation, discovery } = desk;
  const open = desk.cases.filter((it) => it.stage === 'ask');
  if (!conversation.offered.has('query_table') || open.length === 0) return [];
  const made = new Set(conversation.calls.map((call) => call.key));
  if (countLookups(conversation) >= MAX_LOOKUPS) return [];
  const isNew = (query: Query): boolean => !made.has(callKey('query_table', query));
  const probes = discovery.tables.slice(0, MAX_TABLES).map(probe).filter(isNew);
  if (probes.length > 0) return probes;
  const queries = open.flatMap((it) => (it.invoice === undefined ? [] : lookups(desk, it.invoice)));
  return [...new Map(queries.map((query) => [callKey('query_table', query), query])).values()].filter(isNew);
}

/** What the tables say about an invoice, one line a row. */
export function contextFor(desk: Desk, invoice: Invoice): string[] {
  return lookups(desk, invoice).flatMap((query) => {
    const rows = resultOf(desk.conversation, query);
    if (rows === undefined) return [];
    const where = Object.entries(query['where'] ?? {}).map(([column, value]) => `${column} ${String(value)}`);
    if (rows.rows.length === 0) return [`${String(query['table'])}: no row with ${where.join(', ')}`];
    return rows.rows.slice(0, MAX_ROWS).map((row) => {
      const fields = Object.entries(row).map(([column, value]) => `${column} ${String(value)}`);
      return `${String(query['table'])}: ${fields.join(', ')}`.slice(0, MAX_ROW_CHARS);
    });
  });
}

function lookups(desk: Desk, invoice: Invoice): Query[] {
  const codes = (invoice.findings ?? []).map((finding) => finding.code).join(' ');
  const fitting = leads.filter((lead) => lead.topic.test(codes) && Boolean(lead.value(invoice)));
  return desk.discovery.tables.slice(0, MAX_TABLES).flatMap((table) => {
    const columns = columnsOf(desk.conversation, table);
    const tableWords = wordsOf(table.split('/').at(-1) ?? '');
    for (const lead of fitting) {
      const column = columns.find((name) => fits(lead, wordsOf(name), tableWords));
      if (column !== undefined) return [{ table, where: { [column]: lead.value(invoice) }, limit: MAX_ROWS }];
    }
    return [];
  });
}

function fits(lead: Lead, column: readonly string[], table: readonly string[]): boolean {
  const named = [...column, ...table].some((word) => lead.subject.test(word));
  return column.length > 0 && named && column.every((word) => lead.words.includes(word));
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && word !== 'csv');
}

function probe(table: string): Query {
  return { table, limit: 1 };
}

function columnsOf(conversation: Conversation, table: string): string[] {
  const rows = resultOf(conversation, probe(table));
  return rows?.columns ?? Object.keys(rows?.rows[0] ?? {});
}

function resultOf(conversation: Conversation, query: Query): Rows | undefined {
  const key = callKey('query_table', query);
  const outcome = conversation.calls.findLast((call) => call.key === key)?.outcome;
  return outcome?.ok === true ? Rows.safeParse(outcome.result).data : undefined;
}

function countLookups(conversation: Conversation): number {
  return conversation.calls.filter((call) => call.name === 'query_table').length;
}
