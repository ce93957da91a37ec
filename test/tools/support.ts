import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunContext } from '../../src/tools/define-tool.ts';
import { openLedger } from '../../src/tools/ledger.ts';
import { tools } from '../../src/tools/registry.ts';
import { openWorkspace } from '../../src/tools/workspace.ts';
import { buildUbl, type InvoiceSpec } from '../support/ubl.ts';

const made: string[] = [];

/** A folder of its own for each test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-tools-'));
  made.push(folder);
  return folder;
}

export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function put(folder: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

export const supplier = { id: 'L-7', name: 'Lieferant Sieben', vatId: 'DE700000007' };
export const account = 'DE13210501700012345601';

/** A clean invoice, changed as a test wants it. */
export function invoice(changes: Partial<InvoiceSpec> = {}): InvoiceSpec {
  return {
    ...{ number: 'N-1', supplier, accounts: [account], order: 'B-1', dueDate: '2026-06-30' },
    lines: [{ name: 'Thing', quantity: '2', price: '50.00' }],
    ...changes,
  };
}

/** A desk with one supplier, one order of 1,000 and the given invoices. */
export function desk(invoices: Record<string, InvoiceSpec | string> = {}) {
  const folder = temporaryFolder();
  put(
    folder,
    'suppliers.csv',
    `id,name,vat_id,iban\nL-7,Lieferant Sieben,DE700000007,${account}\nL-8,Other,DE8,\n`,
  );
  put(
    folder,
    'purchase-orders.csv',
    'number,supplier_id,currency,amount\nB-1,L-7,EUR,1000.00\nB-8,L-8,EUR,500\nB-9,L-7,USD,500\n',
  );
  put(folder, 'today.txt', '2026-06-15\n');
  mkdirSync(join(folder, 'in'));
  for (const [name, spec] of Object.entries(invoices)) {
    put(folder, `in/${name}`, typeof spec === 'string' ? spec : buildUbl(spec));
  }
  return { folder, context: contextOf(folder) };
}

export function contextOf(folder: string, key = 'run/1/0/abc'): RunContext {
  return {
    workspace: openWorkspace(folder),
    ledger: openLedger(join(temporaryFolder(), 'ledger.db')),
    now: () => new Date('2030-01-02T03:04:05Z'),
    signal: new AbortController().signal,
    agentId: 'agent',
    key,
    progress: () => undefined,
    confirmLease: () => Promise.resolve(),
    readArtifact: () => Promise.resolve(undefined),
  };
}

export async function run(name: string, args: unknown, context: RunContext): Promise<unknown> {
  return tools.get(name)!.run(args, context);
}

export async function assess(name: string, args: unknown, context: RunContext) {
  return tools.get(name)!.assess!(args, context);
}
