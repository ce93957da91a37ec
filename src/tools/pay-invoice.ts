import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { patiently } from '../storage/patience.ts';
import { defineTool, type RunContext, type ToolContext, ToolError } from './define-tool.ts';
import { centsToNumber } from './invoice/decimal.ts';
import { type Examination, examineInvoice } from './invoice/examine.ts';
import { FindingCode } from './invoice/finding.ts';
import { effectTimeoutMs } from './limits.ts';
import type { PaymentOrder } from './ledger.ts';

/** Every fact is always there and always of the same type, so that no policy fails for want of one. */
const InvoiceFacts = z.object({
  readable: z.boolean(),
  /** Why the invoice can't be read; empty when it can. */
  problem: z.string(),
  /** Workspace path, links followed. */
  invoice: z.string(),
  number: z.string(),
  /** Id in the master data; empty when unknown. */
  supplier: z.string(),
  supplierName: z.string(),
  supplierKnown: z.boolean(),
  amount: z.number(),
  currency: z.string(),
  /** The account that the invoice names. */
  bankAccount: z.string(),
  /** The account of the master data: the only one that is ever paid to. */
  account: z.string(),
  bankAccountChanged: z.boolean(),
  purchaseOrder: z.string(),
  duplicate: z.boolean(),
  alreadyPaid: z.boolean(),
  findings: z.array(FindingCode),
});
type InvoiceFacts = z.infer<typeof InvoiceFacts>;

const unreadable: InvoiceFacts = {
  ...{
    readable: false,
    problem: '',
    invoice: '',
    number: '',
    supplier: '',
    supplierName: '',
    supplierKnown: false,
  },
  ...{ amount: 0, currency: '', bankAccount: '', account: '', bankAccountChanged: false, purchaseOrder: '' },
  ...{ duplicate: false, alreadyPaid: false, findings: [] },
};

function factsOf({ invoice, supplier, findings }: Examination): InvoiceFacts {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  return InvoiceFacts.parse({
    readable: true,
    problem: '',
    invoice: invoice.path,
    number: invoice.number,
    supplier: supplier?.id ?? '',
    supplierName: supplier?.name ?? invoice.supplier.name,
    supplierKnown: supplier !== undefined,
    amount: centsToNumber(invoice.totals.payable),
    currency: invoice.currency,
    bankAccount: invoice.accounts.join(' '),
    account: supplier?.account ?? '',
    bankAccountChanged: codes.includes('bank_account_changed'),
    purchaseOrder: invoice.purchaseOrder,
    duplicate: codes.includes('duplicate'),
    alreadyPaid: codes.includes('already_paid'),
    findings: codes,
  });
}

/** What no approval can make right: whatever the policy says, `run` refuses these itself. */
const neverPaid: readonly FindingCode[] = [
  'duplicate',
  'already_paid',
  'unknown_supplier',
  'bank_account_changed',
  'master_account_missing',
  'credit_note',
  'amount_not_positive',
];

function paymentOrder(examination: Examination, context: RunContext): PaymentOrder {
  const { invoice, supplier, purchaseOrder, findings } = examination;
  const forbidden = findings.filter(({ code }) => neverPaid.includes(code));
  if (forbidden.length > 0 || supplier === undefined) {
    throw new ToolError('Forbidden', `not paid: ${forbidden.map(({ message }) => message).join('; ')}`);
  }
  // A person who approved a problem with the purchase order has waived its limit. Without such a finding the ledger
  // watches the limit itself, because another payment may use the order up between this check and the payment.
  const isWaived = findings.some(
    ({ code }) => code.startsWith('purchase_order_') || code === 'currency_mismatch',
  );
  return {
    key: context.key,
    invoice: invoice.path,
    supplier: supplier.id,
    number: invoice.number,
    amountCents: Number(invoice.totals.payable),
    currency: invoice.currency,
    account: supplier.account,
    purchaseOrder: invoice.purchaseOrder,
    now: context.now(),
    ...(purchaseOrder && !isWaived ? { limitCents: Number(purchaseOrder.limit) } : {}),
  };
}

export const payInvoice = defineTool({
  name: 'pay_invoice',
  description:
    'Pays an invoice to the account in the supplier master data. Give only the path: amount, supplier and account are ' +
    'read from the files. The payment may have to be approved by a person first.',
  effect: 'idempotent',
  timeoutMs: effectTimeoutMs,
  input: z.strictObject({ invoice: z.string().describe('The XML file, relative to the workspace') }),
  output: z.object({
    paymentId: z.string(),
    status: z.literal('paid'),
    invoice: z.string(),
    number: z.string(),
    supplier: z.string(),
    amount: z.number(),
    currency: z.string(),
    account: z.string(),
  }),
  assess: async ({ invoice }, context: ToolContext) => {
    try {
      return factsOf(await examineInvoice(invoice, context));
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return { ...unreadable, problem: error.message };
    }
  },
  run: async ({ invoice }, context) => {
    try {
      return await pay(invoice, context);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      // An attempt before this one may have got further: whoever hears that nothing was paid would pay again.
      const paid = await patiently(() => context.ledger.paymentUnder(context.key), context.signal);
      if (!paid) throw error;
      throw new ToolError(
        'Conflict',
        `this call has paid already (${paid.paymentId}), and would not now: ${error.message}`,
      );
    }
  },
});

async function pay(path: string, context: RunContext) {
  const first = await examineInvoice(path, context);
  const decidedOn = context.facts ?? factsOf(first);
  // Made once for nothing, so that a hopeless call ends before it asks for its lease.
  paymentOrder(first, context);
  await context.confirmLease();
  const last = await examineInvoice(path, context);
  if (!isDeepStrictEqual(factsOf(last), decidedOn)) {
    throw new ToolError(
      'Conflict',
      'not paid: what is known of the invoice changed since the payment was decided on',
    );
  }
  const order = paymentOrder(last, context);
  const payment = await patiently(() => context.ledger.pay(order), context.signal);
  const { paymentId, invoice, number, supplier, amountCents, currency, account } = payment;
  const amount = centsToNumber(BigInt(amountCents));
  return { paymentId, status: 'paid' as const, invoice, number, supplier, amount, currency, account };
}
