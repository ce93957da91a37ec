import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ledger, openLedger, type Payment } from '../../src/tools/ledger.ts';
import { tools } from '../../src/tools/registry.ts';
import { examineInvoice } from '../../src/tools/invoice/examine.ts';
import type { RunContext } from '../../src/tools/define-tool.ts';
import { openWorkspace } from '../../src/tools/workspace.ts';

export interface Expected {
  /** `invoice path -> amount and currency` of what is in order and so must be paid, by policy or after approval. */
  readonly paid: Readonly<Record<string, string>>;
  /** Those of them that policy lets an agent pay on its own. */
  readonly paidAlone: readonly string[];
  /** Every other file in the folder. */
  readonly notPaid: readonly string[];
}

/** The sum above which a person must agree, as the shipped definition has it. */
const alone = 100_000n;

/**
 * What a careful clerk pays: what the accounting system finds nothing against, in the order of the list. Found through
 * the tools with a ledger of its own; no agent and no model take part.
 */
export async function expectedPayments(workspace: string): Promise<Expected> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-expected-'));
  const ledger = openLedger(join(folder, 'ledger.sqlite'));
  try {
    const context = contextOf(workspace, ledger);
    const paths = context.workspace.list('invoices').entries.map(({ path }) => path);
    for (const path of await cleanAmong(paths, context)) {
      if (await isClean(path, context))
        await tools.get('pay_invoice')!.run({ invoice: path }, { ...context, key: path });
    }
    const paid = paymentsByInvoice(ledger);
    const examined = await Promise.all(
      Object.keys(paid).map((path) => examineInvoice(path, { ...context, key: path })),
    );
    return {
      paid,
      paidAlone: examined.flatMap(({ invoice }) => (invoice.totals.payable <= alone ? [invoice.path] : [])),
      notPaid: paths.filter((path) => !(path in paid)),
    };
  } finally {
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function cleanAmong(paths: readonly string[], context: RunContext): Promise<string[]> {
  const clean = await Promise.all(paths.map((path) => isClean(path, context)));
  return paths.filter((_path, index) => clean[index]);
}

async function isClean(path: string, context: RunContext): Promise<boolean> {
  try {
    return (await examineInvoice(path, context)).findings.length === 0;
  } catch {
    return false;
  }
}

function contextOf(workspace: string, ledger: Ledger): RunContext {
  return {
    workspace: openWorkspace(workspace),
    ledger,
    now: () => new Date(),
    signal: new AbortController().signal,
    agentId: 'clerk',
    key: 'clerk',
    progress: () => undefined,
    readArtifact: () => Promise.resolve(undefined),
    confirmLease: () => Promise.resolve(),
  };
}

/** All payments of a ledger's file. Fails when an invoice was paid twice. */
export function paidIn(ledgerFile: string): Record<string, string> {
  const ledger = openLedger(ledgerFile);
  try {
    return paymentsByInvoice(ledger);
  } finally {
    ledger.close();
  }
}

export function paymentsIn(ledgerFile: string): Payment[] {
  const ledger = openLedger(ledgerFile);
  try {
    return ledger.payments();
  } finally {
    ledger.close();
  }
}

function paymentsByInvoice(ledger: Ledger): Record<string, string> {
  const payments = ledger.payments();
  const byInvoice = Object.fromEntries(
    payments
      .map(({ invoice, amountCents, currency }) => [invoice, `${amountCents} ${currency}`] as const)
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
  if (Object.keys(byInvoice).length !== payments.length)
    throw new Error('an invoice was paid more than once');
  return byInvoice;
}
