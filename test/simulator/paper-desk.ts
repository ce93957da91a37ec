import type { ChatRequest } from '../../src/simulator/chat-request.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';

/** An invoice as the product's tools would tell of it. */
export interface PaperInvoice {
  path: string;
  number: string;
  supplier: { id: string; name: string };
  currency: string;
  amountDue: string;
  purchaseOrder?: string;
  notes: string[];
  findings: { code: string; message: string }[];
}

export interface PaperWorld {
  invoices: PaperInvoice[];
  /** Further files, such as tables: path to rows. */
  tables?: Record<string, Record<string, string>[]>;
  /** What a person answers when asked about an invoice; `hold` if not said. */
  answers?: Record<string, string>;
  /** Errors that a tool answers with, by `<tool> <path>`. */
  errors?: Record<string, { type: string; message: string }>;
  /** Tools left out. */
  without?: string[];
  instructions?: string;
  goal?: string;
  /** Forget old messages whenever more than this many came after the goal, keeping the notes and the latest turn. */
  forgetAfter?: number;
  /** Messages of people, by the turn before which they come. */
  messages?: Record<number, string>;
}

type Message = ChatRequest['messages'][number];
interface Call {
  name: string;
  args: Record<string, unknown>;
}

export interface PaperRun {
  turns: number;
  calls: Call[];
  texts: string[];
  paid: string[];
  files: Record<string, string>;
  result: Record<string, unknown> | undefined;
}

const TOOLS = [
  'list_files',
  'read_invoice',
  'query_table',
  'pay_invoice',
  'ask_human',
  'note',
  'write_file',
  'finish',
];

/** Plays the product for the rules: runs their calls against a world on paper until they finish. */
export function run(world: PaperWorld, maxTurns = 200): PaperRun {
  const done: PaperRun = { turns: 0, calls: [], texts: [], paid: [], files: {}, result: undefined };
  const tools = TOOLS.filter((name) => !(world.without ?? []).includes(name));
  const start: Message[] = [
    { role: 'system', content: world.instructions ?? 'You check and pay invoices.' },
    { role: 'user', content: world.goal ?? 'Work through the invoices.' },
  ];
  let messages = [...start];
  while (done.turns < maxTurns) {
    const said = world.messages?.[done.turns];
    if (said !== undefined) messages.push({ role: 'user', content: said });
    const reply = ruleReply({
      model: 'any',
      messages,
      tools: tools.map((name) => ({ type: 'function', function: { name } })),
    });
    done.turns += 1;
    done.texts.push(reply.text ?? '');
    const calls = (reply.toolCalls ?? []).map((call, index) => ({
      id: `call_${done.turns}_${index}`,
      name: call.name,
      args: call.arguments as Record<string, unknown>,
    }));
    if (calls.length === 0) break;
    messages.push({
      role: 'assistant',
      content: reply.text ?? '',
      tool_calls: calls.map(({ id, name, args }) => ({
        id,
        function: { name, arguments: JSON.stringify(args) },
      })),
    });
    for (const { id, name, args } of calls) {
      done.calls.push({ name, args });
      if (!tools.includes(name)) throw new Error(`${name} was not offered`);
      messages.push({
        role: 'tool',
        tool_call_id: id,
        content: JSON.stringify(answer(world, done, name, args)),
      });
    }
    if (done.result !== undefined) break;
    if (world.forgetAfter !== undefined && messages.length > start.length + world.forgetAfter) {
      const notes = done.calls
        .filter((call) => call.name === 'note')
        .map((call) => String(call.args['text']));
      const latest = messages.slice(messages.findLastIndex(({ role }) => role === 'assistant'));
      const compacted = `Earlier messages were compacted. Notes:\n${notes.join('\n')}`;
      messages = [...start, { role: 'user', content: compacted }, ...latest];
    }
  }
  return done;
}

function answer(world: PaperWorld, done: PaperRun, name: string, args: Record<string, unknown>): unknown {
  const given = args['path'] ?? args['invoice'] ?? args['table'];
  const subject = typeof given === 'string' ? given : '';
  const error = world.errors?.[`${name} ${subject}`];
  if (error !== undefined) return { ok: false, error };
  const ok = (result: unknown): unknown => ({ ok: true, result });
  switch (name) {
    case 'list_files':
      return ok(listing(world, subject));
    case 'read_invoice':
      return ok(invoiceAt(world, subject));
    case 'query_table':
      return ok(rows(world, subject, args));
    case 'pay_invoice':
      return pay(done, invoiceAt(world, subject));
    case 'ask_human': {
      const question = String(args['question']);
      const about = world.invoices.find(({ path }) => question.includes(`\`${path}\``));
      return ok({ answer: world.answers?.[about?.path ?? ''] ?? 'hold', by: 'ann' });
    }
    case 'write_file':
      done.files[subject] = String(args['content']);
      return ok({ path: subject });
    case 'finish':
      done.result = args['result'] as Record<string, unknown>;
      return ok({});
    default:
      return ok({});
  }
}

/** As the product does: what is not clean by its own facts is at most suggested, and nothing is paid twice. */
function pay(done: PaperRun, invoice: PaperInvoice): unknown {
  if (invoice.findings.some(({ code }) => code === 'bank_account_changed')) {
    return { ok: false, error: { type: 'Suggested', message: 'A person does this payment.' } };
  }
  const again = done.paid.includes(invoice.path);
  done.paid.push(invoice.path);
  const { path, number, amountDue: amount, currency } = invoice;
  const status = again ? 'already_paid' : 'paid';
  return {
    ok: true,
    result: { paymentId: `pay-${number}`, status, invoice: path, number, amount, currency },
  };
}

function invoiceAt(world: PaperWorld, path: string): PaperInvoice {
  const found = world.invoices.find((invoice) => invoice.path === path);
  if (found === undefined) throw new Error(`no invoice at ${path}`);
  return found;
}

function listing(world: PaperWorld, folder: string): unknown {
  const files = [...world.invoices.map(({ path }) => path), ...Object.keys(world.tables ?? {})];
  const inside = files.filter((path) => folder === '.' || path.startsWith(`${folder}/`));
  const names = inside.map((path) => (folder === '.' ? path : path.slice(folder.length + 1)));
  const entries = [...new Set(names.map((name) => name.split('/')[0] ?? ''))].map((name) => ({
    name,
    path: folder === '.' ? name : `${folder}/${name}`,
    type: names.includes(name) ? 'file' : 'directory',
    bytes: 1,
  }));
  return { path: folder, entries, truncated: false };
}

function rows(world: PaperWorld, table: string, args: Record<string, unknown>): unknown {
  const all = world.tables?.[table] ?? [];
  const where = Object.entries((args['where'] ?? {}) as Record<string, string>);
  const found = all.filter((row) => where.every(([column, value]) => row[column] === value));
  const limited = found.slice(0, Number(args['limit'] ?? 100));
  return { table, columns: Object.keys(all[0] ?? {}), rows: limited, total: found.length, truncated: false };
}
