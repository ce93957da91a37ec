import { patiently } from '../../storage/patience.ts';
import type { ToolContext } from '../define-tool.ts';
import { checkArithmetic } from './arithmetic.ts';
import { formatCents } from './decimal.ts';
import { copyAmong, findSameNumber, type SameNumber } from './duplicates.ts';
import type { Finding } from './finding.ts';
import type { Invoice } from './invoice.ts';
import {
  type PurchaseOrder,
  readPurchaseOrder,
  readSuppliers,
  type Supplier,
  type SupplierDirectory,
} from './master-data.ts';
import { maxInvoiceBytes } from './size.ts';
import { today } from './today.ts';
import { parseUbl } from './ubl.ts';

/** An invoice with everything that the desk's own data says about it. */
export interface Examination {
  readonly invoice: Invoice;
  readonly supplier: Supplier | undefined;
  readonly purchaseOrder: PurchaseOrder | undefined;
  readonly findings: readonly Finding[];
}

function checkDocument(invoice: Invoice, date: string): Finding[] {
  const { totals, dueDate, currency, otherCurrencies } = invoice;
  const findings: (Finding | false)[] = [
    invoice.isCreditNote && { code: 'credit_note', message: 'this is a credit note: it asks for no money' },
    totals.payable <= 0n && { code: 'amount_not_positive', message: 'there is nothing to pay' },
    otherCurrencies.length > 0 && {
      code: 'currency_mismatch',
      message: `the invoice is in ${currency}, but has amounts in ${otherCurrencies.join(', ') || 'no currency'}`,
    },
    dueDate !== '' &&
      dueDate < date && { code: 'past_due', message: `it was due on ${dueDate}; today is ${date}` },
    invoice.isDirectDebit && {
      code: 'direct_debit',
      message: 'the supplier collects this amount by direct debit',
    },
    invoice.payee !== '' && {
      code: 'other_payee',
      message: `it asks to pay somebody else: ${invoice.payee}`,
    },
  ];
  return findings.filter((finding) => finding !== false);
}

function checkAccount(invoice: Invoice, supplier: Supplier): Finding[] {
  if (supplier.account === '') {
    return [{ code: 'master_account_missing', message: `the master data has no account of ${supplier.id}` }];
  }
  const [account] = invoice.accounts;
  if (account === undefined)
    return [{ code: 'bank_account_missing', message: 'the invoice names no bank account' }];
  const other = invoice.accounts.find((candidate) => candidate !== supplier.account);
  if (other === undefined) return [];
  const message = `the invoice names the account ${other}, but the master data has ${supplier.account}`;
  return [{ code: 'bank_account_changed', message }];
}

function checkSupplier(invoice: Invoice, supplier: Supplier | undefined, context: ToolContext): Finding[] {
  if (supplier === undefined) {
    const { name, vatId } = invoice.supplier;
    const message = `${name} (${vatId || 'no VAT number'}) is not in the master data, or not under these numbers`;
    return [{ code: 'unknown_supplier', message }];
  }
  const paid = context.ledger.paymentOf(supplier.id, invoice.number, context.key);
  const message = `the ledger has payment ${paid?.paymentId ?? ''} of this invoice`;
  return [...(paid ? [{ code: 'already_paid' as const, message }] : []), ...checkAccount(invoice, supplier)];
}

function checkPurchaseOrder(
  { purchaseOrder: number, currency, totals }: Invoice,
  supplier: Supplier | undefined,
  order: PurchaseOrder | undefined,
  context: ToolContext,
): Finding[] {
  if (number === '') return [{ code: 'purchase_order_missing', message: 'it names no purchase order' }];
  if (order === undefined) {
    return [{ code: 'purchase_order_unknown', message: `there is no purchase order ${number}` }];
  }
  if (supplier !== undefined && order.supplierId !== supplier.id) {
    const message = `purchase order ${number} is of supplier ${order.supplierId}, not ${supplier.id}`;
    return [{ code: 'purchase_order_other_supplier', message }];
  }
  if (order.currency !== currency) {
    const message = `purchase order ${number} is in ${order.currency}, the invoice in ${currency}`;
    return [{ code: 'currency_mismatch', message }];
  }
  const left = order.limit - BigInt(context.ledger.paidAgainst(number, currency, context.key));
  if (totals.payable <= left) return [];
  const message = `${formatCents(left)} of purchase order ${number} is left, the invoice asks for ${formatCents(totals.payable)}`;
  return [{ code: 'purchase_order_exceeded', message }];
}

function checkCopies(invoice: Invoice, { earlier, isCutShort }: SameNumber, suppliers: SupplierDirectory) {
  const copy = copyAmong(earlier, invoice.supplier, suppliers);
  const findings: (Finding | false)[] = [
    copy !== undefined && { code: 'duplicate', message: `${copy} has the same supplier and number` },
    isCutShort && {
      code: 'duplicates_unchecked',
      message: 'the files before it in its folder are too large to look for its duplicates in all of them',
    },
  ];
  return findings.filter((finding) => finding !== false);
}

/** Reads an invoice and makes every check. Nothing here is taken from what a model says but the path. */
export async function examineInvoice(path: string, context: ToolContext): Promise<Examination> {
  const file = context.workspace.readText(path, maxInvoiceBytes);
  const invoice = parseUbl(file.text, file.path);
  const sameNumber = await findSameNumber(invoice, context);
  return patiently(() => compareWithDesk(invoice, sameNumber, context), context.signal);
}

/** Everything that decides on money is read here, at once, so that a payment can follow before any of it changes. */
function compareWithDesk(invoice: Invoice, sameNumber: SameNumber, context: ToolContext): Examination {
  const suppliers = readSuppliers(context.workspace);
  const supplier = suppliers.find(invoice.supplier);
  const { purchaseOrder: number } = invoice;
  const purchaseOrder = number === '' ? undefined : readPurchaseOrder(context.workspace, number);
  const findings = [
    ...checkArithmetic(invoice),
    ...checkDocument(invoice, today(context)),
    ...checkCopies(invoice, sameNumber, suppliers),
    ...checkSupplier(invoice, supplier, context),
    ...checkPurchaseOrder(invoice, supplier, purchaseOrder, context),
  ];
  return { invoice, supplier, purchaseOrder, findings };
}
