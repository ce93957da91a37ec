import { ToolError } from '../define-tool.ts';
import { readTable, type Table } from '../table.ts';
import type { Workspace } from '../workspace.ts';
import { type Cents, parseCents } from './decimal.ts';
import { normaliseAccount, type SupplierClaim } from './invoice.ts';

/** Where the desk keeps what it trusts, in the workspace's root. */
const suppliersFile = 'suppliers.csv';
const purchaseOrdersFile = 'purchase-orders.csv';

export interface Supplier {
  readonly id: string;
  readonly name: string;
  readonly vatId: string;
  /** Normalised; empty when the master data has none, and then nothing can be paid. */
  readonly account: string;
}

export interface PurchaseOrder {
  readonly number: string;
  readonly supplierId: string;
  readonly currency: string;
  /** The most that may be paid against it in all, VAT included. */
  readonly limit: Cents;
}

type Row = ReadonlyMap<string, string>;

function requireColumns(table: Table, columns: readonly string[]): void {
  const missing = columns.filter((column) => !table.columns.includes(column));
  if (missing.length > 0)
    throw new ToolError('Invalid', `${table.path} lacks the column ${missing.join(', ')}`);
}

/** The only row that fits; two would leave open which one to trust. */
function onlyRow(table: Table, what: string, fits: (row: Row) => boolean): Row | undefined {
  const [first, second] = table.rows.filter(fits);
  if (second !== undefined) throw new ToolError('Invalid', `${table.path} has ${what} more than once`);
  return first;
}

function cell(row: Row, column: string): string {
  return row.get(column) ?? '';
}

/** The suppliers that the desk knows. */
export interface SupplierDirectory {
  /**
   * Finds whom an invoice claims to come from: by VAT number, by the master data's id, or, only when the invoice states
   * neither, by name. Claims that contradict each other or the master data find nobody.
   */
  find(claim: SupplierClaim): Supplier | undefined;
}

export function readSuppliers(workspace: Workspace): SupplierDirectory {
  const table = readTable(workspace, suppliersFile);
  requireColumns(table, ['id', 'name', 'vat_id', 'iban']);
  const vatOf = (row: Row): string => normaliseAccount(cell(row, 'vat_id'));
  const find = (claim: SupplierClaim): Row | undefined => {
    const byVat = onlyRow(table, `the VAT number ${claim.vatId}`, (row) => {
      return claim.vatId !== '' && vatOf(row) === claim.vatId;
    });
    const byId = onlyRow(table, `one of ${claim.ids.join(', ')}`, (row) =>
      claim.ids.includes(cell(row, 'id')),
    );
    if (byVat !== undefined && byId !== undefined && byVat !== byId) return undefined;
    if (byVat !== undefined) return byVat;
    if (byId !== undefined) {
      return claim.vatId === '' || vatOf(byId) === '' ? byId : undefined;
    }
    if (claim.vatId !== '' || claim.ids.length > 0) return undefined;
    return onlyRow(table, `the name ${claim.name}`, (row) => cell(row, 'name') === claim.name);
  };
  return {
    find: (claim) => {
      const row = find(claim);
      if (row === undefined) return undefined;
      const id = cell(row, 'id');
      if (id === '') throw new ToolError('Invalid', `${table.path} has a supplier without an id`);
      onlyRow(table, `the id ${id}`, (other) => cell(other, 'id') === id);
      return { id, name: cell(row, 'name'), vatId: vatOf(row), account: normaliseAccount(cell(row, 'iban')) };
    },
  };
}

/** The purchase order of a number, if the desk has one. */
export function readPurchaseOrder(workspace: Workspace, number: string): PurchaseOrder | undefined {
  const table = readTable(workspace, purchaseOrdersFile);
  requireColumns(table, ['number', 'supplier_id', 'currency', 'amount']);
  const row = onlyRow(table, `the number ${number}`, (candidate) => cell(candidate, 'number') === number);
  if (row === undefined) return undefined;
  return {
    number,
    supplierId: cell(row, 'supplier_id'),
    currency: cell(row, 'currency'),
    limit: parseCents(cell(row, 'amount'), `the amount of ${number} in ${table.path}`),
  };
}
