import { isAboutAccount, type Case, type Desk } from './desk.ts';
import { showAmount, totalsByCurrency } from './money.ts';
import type { Settlement } from './payments.ts';

/** Where a report goes unless the instructions or the task name a place for it. */
const USUAL_PATH = 'reports/report.md';

/** Who wrote the report, said in it: a reader must not take the rules for a language model. */
const SIGNATURE = 'Written by the Perdure simulator: hand-written rules in the place of a language model.';

/** The path of the report. */
export function reportPath(desk: Desk): string {
  const { task, goal, instructions } = desk.conversation;
  const named = [task, goal, instructions].map(
    (text) => /\breports\/(?:[\w.-]+\/)*[\w-][\w.-]*\.md\b/.exec(text)?.[0],
  );
  return named.find((path) => path !== undefined) ?? USUAL_PATH;
}

type Paid = Extract<Settlement, { kind: 'paid' }>;
type Unpaid = Exclude<Settlement, Paid>;

/** A case that every rule gave up on. */
const UNSETTLED: Unpaid = { kind: 'not paid', reason: 'could not be settled' };

function paidCases(desk: Desk): (Case & { settlement: Paid })[] {
  return desk.cases.flatMap((it) =>
    it.settlement?.kind === 'paid' ? [{ ...it, settlement: it.settlement }] : [],
  );
}

function unpaidCases(desk: Desk, kind: Unpaid['kind']): (Case & { settlement: Unpaid })[] {
  return desk.cases.flatMap((it) => {
    const settlement = it.settlement ?? UNSETTLED;
    return settlement.kind !== 'paid' && settlement.kind === kind ? [{ ...it, settlement }] : [];
  });
}

/** What was paid in each currency; only what the payments themselves reported counts. */
function paidTotals(desk: Desk): Record<string, string> {
  return totalsByCurrency(
    paidCases(desk).flatMap(({ settlement: { amount, currency } }) =>
      amount === undefined ? [] : [{ amount, currency: currency ?? 'no currency' }],
    ),
  );
}

/** One sentence on the outcome. */
export function summary(desk: Desk): string {
  const count = (kind: Unpaid['kind']): number => unpaidCases(desk, kind).length;
  const totals = Object.entries(paidTotals(desk)).map(([currency, total]) => `${total} ${currency}`);
  const paid = `paid ${paidCases(desk).length}${totals.length === 0 ? '' : ` (${totals.join(', ')})`}`;
  const rest = `left ${count('suggested')} to people, had ${count('refused')} refused by policy`;
  return `Of ${desk.cases.length} invoices: ${paid}, ${rest} and did not pay ${count('not paid')}.`;
}

/** The structured result of the job. */
export function resultOf(desk: Desk, report: string | null): Record<string, unknown> {
  const unpaid = (['suggested', 'refused', 'not paid'] as const).flatMap((kind) => unpaidCases(desk, kind));
  return {
    summary: summary(desk),
    paid: paidCases(desk).map(({ path, number, supplier, settlement }) => ({
      invoice: path,
      number,
      supplier,
      paymentId: settlement.paymentId,
      amount: settlement.amount ?? null,
      currency: settlement.currency ?? null,
    })),
    notPaid: unpaid.map(({ path, number, supplier, invoice, settlement }) => ({
      invoice: path,
      number,
      supplier,
      amount: invoice?.amountDue ?? null,
      currency: invoice?.currency ?? null,
      outcome: settlement.kind,
      reason: settlement.reason,
    })),
    totals: paidTotals(desk),
    report,
  };
}

/** The report as Markdown. Every figure in it comes from the result of a tool. */
export function reportOf(desk: Desk): string {
  const totals = Object.entries(paidTotals(desk)).map(
    ([currency, total]) => `| ${cell(currency)} | ${total} |`,
  );
  const paid = paidCases(desk).map(({ path, number, supplier, settlement }) =>
    row(number, supplier, showAmount(settlement.amount, settlement.currency), settlement.paymentId, path),
  );
  const sections = [
    '# Invoice report',
    summary(desk),
    section('Total paid', ['| Currency | Total |', '| --- | ---: |', ...totals], totals.length),
    section(
      'Paid',
      ['| Number | Supplier | Amount | Payment | File |', '| --- | --- | ---: | --- | --- |', ...paid],
      paid.length,
    ),
    unpaidSection('Not paid', unpaidCases(desk, 'not paid')),
    unpaidSection('Left to people', unpaidCases(desk, 'suggested')),
    unpaidSection('Refused by policy', unpaidCases(desk, 'refused')),
    section('Text in invoices that gives orders', orders(desk), orders(desk).length),
    section(
      'Not seen',
      desk.discovery.gaps.map((gap) => `- ${gap}`),
      desk.discovery.gaps.length,
    ),
    `---\n\n${SIGNATURE}`,
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[], entries: number): string {
  return entries === 0 ? '' : `## ${title}\n\n${lines.join('\n')}`;
}

function unpaidSection(title: string, cases: readonly (Case & { settlement: Unpaid })[]): string {
  const rows = cases.map(({ path, number, supplier, invoice, settlement }) => {
    const findings = (invoice?.findings ?? []).map((finding) => finding.message || finding.code);
    const due = invoice === undefined ? '' : showAmount(invoice.amountDue, invoice.currency);
    return row(number, supplier, due, settlement.reason, findings.join('; '), path);
  });
  const head = [
    '| Number | Supplier | Due | Why | Findings | File |',
    '| --- | --- | ---: | --- | --- | --- |',
  ];
  return section(title, [...head, ...rows], rows.length);
}

/** Words that give an order to whoever reads them. The rules never follow a note; people should know of it. */
const ORDER =
  /\b(ignore|disregard|bypass|override|skip)\b[^.]*\b(rule|instruction|polic|check|approval|finding)|\bpay\b[^.]*\b(at once|immediately|right now|without)\b/i;

function orders(desk: Desk): string[] {
  return desk.cases.flatMap(({ path, invoice }) =>
    (invoice?.notes ?? [])
      .filter((note) => ORDER.test(note))
      .map((note) => `- ${cell(path)} says “${cell(note)}”. It was treated as text and not followed.`),
  );
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** Longest text in a cell. */
const MAX_CELL_CHARS = 300;

/** Text from an invoice must not break the table, or add to the report. */
function cell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[|<>`[\]]/g, '\\$&')
    .slice(0, MAX_CELL_CHARS);
}

/** How many of the open cases go which way, for the plan. */
export function plan(desk: Desk): string {
  const count = (stage: Case['stage']): number => desk.cases.filter((it) => it.stage === stage).length;
  const account = desk.cases.some(
    (it) => it.stage === 'propose' && it.invoice?.findings?.some(isAboutAccount),
  );
  const why = account ? ' because of the bank account' : '';
  const remembered = count('read');
  return [
    `${desk.cases.length} invoices; pay ${count('pay')} without findings`,
    `propose ${count('propose')}${why}`,
    `ask people about ${count('ask')}`,
    ...(remembered === 0 ? [] : [`look at ${remembered} again`]),
    'then file a report.',
  ].join(', ');
}
