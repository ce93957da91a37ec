import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Outcome } from '../src/contracts/state.ts';
import { openLedger, type Payment } from '../src/tools/ledger.ts';
import { table } from '../src/client/cli/view/text.ts';
import type { DemoPlace } from './demo-place.ts';

const Result = z.object({ report: z.string() });

/** What was really paid, as the ledger has it, and where to read on. */
export function summary(place: DemoPlace, outcome: Outcome): string {
  const payments = readPayments(place.ledgerFile);
  const rows = payments.map(({ invoice, supplier, amountCents, currency, paymentId }) => [
    invoice,
    supplier,
    `${amount(amountCents)} ${currency}`,
    paymentId,
  ]);
  const result = outcome.status === 'completed' ? Result.safeParse(outcome.result).data : undefined;
  const report = result === undefined ? undefined : join(place.workspace, result.report);
  return [
    payments.length === 0
      ? 'Nothing was paid.'
      : table(['paid invoice', 'supplier', 'amount', 'payment'], rows),
    '',
    ...totals(payments),
    `Report      ${report !== undefined && existsSync(report) ? report : 'none that the agent named'}`,
    `Ledger      ${existsSync(place.ledgerFile) ? place.ledgerFile : 'none: no payment was tried'}`,
  ].join('\n');
}

function readPayments(file: string): Payment[] {
  // Opening would make one.
  if (!existsSync(file)) return [];
  const ledger = openLedger(file);
  try {
    return ledger.payments();
  } finally {
    ledger.close();
  }
}

function totals(payments: readonly Payment[]): string[] {
  const currencies = [...new Set(payments.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const cents = payments.filter((each) => each.currency === currency).map(({ amountCents }) => amountCents);
    const sum = cents.reduce((total, each) => total + each, 0);
    return `Paid        ${cents.length} ${cents.length === 1 ? 'invoice' : 'invoices'}, ${amount(sum)} ${currency}`;
  });
}

/** Cents as people write them; exact, since it never leaves whole numbers. */
function amount(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
