import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildUbl } from '../support/ubl.ts';

const supplier = { id: 'S-9001', name: 'Suite GmbH', vatId: 'DE700000007' };
const account = 'DE13210501700012345601';

/** Adds a supplier of the suite's own to the desk's master data, with an order that no plan uses up. */
export async function openAccount(workspace: string): Promise<void> {
  const row = `${supplier.id},${supplier.name},${supplier.vatId},${account},DE,Kiel,30,rechnung@suite.example\n`;
  await appendFile(join(workspace, 'suppliers.csv'), row);
  const order = `PO-90001,${supplier.id},2026-09-16,EUR,100000000.00,4200,Whatever the suite orders\n`;
  await appendFile(join(workspace, 'purchase-orders.csv'), order);
  await mkdir(join(workspace, 'suite'), { recursive: true });
}

/** Writes an invoice that nothing is wrong with; returns its path in the workspace. */
export async function writeInvoice(workspace: string, number: string): Promise<string> {
  const path = `suite/${number}.xml`;
  const lines = [{ name: 'Thing', quantity: '2', price: '50.00' }];
  const spec = { number, supplier, accounts: [account], order: 'PO-90001', dueDate: '2026-12-30', lines };
  await writeFile(join(workspace, path), buildUbl(spec));
  return path;
}
