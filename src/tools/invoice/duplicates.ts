import { posix } from 'node:path';
import { ToolError } from '../define-tool.ts';
import type { Workspace } from '../workspace.ts';
import type { Invoice, SupplierClaim } from './invoice.ts';
import type { SupplierDirectory } from './master-data.ts';
import { invoiceNumberKey } from './number-key.ts';
import { maxInvoiceBytes } from './size.ts';
import { parseUbl } from './ubl.ts';

/** Each check reads the folder's earlier invoices; a folder larger than this should be archived. */
const maxCompared = 2_000;

/** One name for a supplier, known or not, so that two invoices can be told to come from the same one. */
function supplierKey(claim: SupplierClaim, suppliers: SupplierDirectory): string {
  const known = suppliers.find(claim);
  if (known !== undefined) return `id ${known.id}`;
  return claim.vatId === '' ? `name ${claim.name.toLowerCase()}` : `vat ${claim.vatId}`;
}

/**
 * Whether a file might state an invoice number, judged without the cost of parsing it. Markup that can split or spell a
 * text differently (comments, CDATA, processing instructions, character references) means that it might.
 */
function mightState(text: string, key: string): boolean {
  const isPlain = !/<!|&(?!amp;)|.<\?/su.test(text) && !/[&<>"']/u.test(key);
  return !isPlain || invoiceNumberKey(text).includes(key);
}

function parseIfInvoice(text: string, path: string): Invoice | undefined {
  try {
    return parseUbl(text, path);
  } catch (error) {
    // What can't be read as an invoice can't be paid either, so it is nobody's first copy.
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

function readIfText(workspace: Workspace, path: string): string {
  try {
    return workspace.readText(path, maxInvoiceBytes).text;
  } catch (error) {
    if (error instanceof ToolError) return '';
    throw error;
  }
}

/**
 * The path of another invoice in the same folder with the same supplier and number whose path sorts before this one's,
 * so that of several copies exactly one is nobody's duplicate.
 */
export function earlierCopy(
  invoice: Invoice,
  workspace: Workspace,
  suppliers: SupplierDirectory,
): string | undefined {
  const { entries } = workspace.list(posix.dirname(invoice.path));
  const earlier = entries.filter(({ path, type }) => type === 'file' && path < invoice.path);
  if (earlier.length > maxCompared) {
    throw new ToolError('Invalid', `more than ${maxCompared} files to look for duplicates in`);
  }
  const key = invoiceNumberKey(invoice.number);
  const supplier = supplierKey(invoice.supplier, suppliers);
  return earlier.find(({ path }) => {
    const text = readIfText(workspace, path);
    const other = mightState(text, key) ? parseIfInvoice(text, path) : undefined;
    return (
      other !== undefined &&
      invoiceNumberKey(other.number) === key &&
      supplierKey(other.supplier, suppliers) === supplier
    );
  })?.path;
}
