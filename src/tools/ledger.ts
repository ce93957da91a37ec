import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { sqliteFile } from '../storage/sqlite-file.ts';
import { ToolError, ToolUnavailable } from './define-tool.ts';
import { invoiceNumberKey } from './invoice/number-key.ts';

/** Bounds what one reading of the whole ledger holds in memory. */
const maxPaymentsListed = 10_000;

/** A supplier's invoice can be paid once, and a key can pay once, whatever processes or retries there are. */
const schema = `
  CREATE TABLE IF NOT EXISTS payments (
    key TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL UNIQUE,
    invoice TEXT NOT NULL,
    supplier TEXT NOT NULL,
    number TEXT NOT NULL,
    number_key TEXT NOT NULL,
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    currency TEXT NOT NULL,
    account TEXT NOT NULL,
    purchase_order TEXT NOT NULL,
    paid_at TEXT NOT NULL,
    UNIQUE (supplier, number_key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS payments_by_purchase_order ON payments (purchase_order, currency);
`;

const columns = `payment_id AS paymentId, key, invoice, supplier, number, amount_cents AS amountCents, currency,
  account, purchase_order AS purchaseOrder, paid_at AS paidAt`;

export const Payment = z.object({
  paymentId: z.string(),
  key: z.string(),
  /** Workspace path of the invoice. */
  invoice: z.string(),
  /** Id in the supplier master data. */
  supplier: z.string(),
  number: z.string(),
  amountCents: z.int().positive(),
  currency: z.string(),
  account: z.string(),
  /** Empty when the invoice names none. */
  purchaseOrder: z.string(),
  paidAt: z.string(),
});
export type Payment = z.infer<typeof Payment>;

/** What identifies a payment's content: a repeated key must come with all of it unchanged. */
export type PaymentOrder = Omit<Payment, 'paymentId' | 'paidAt'> & {
  readonly now: Date;
  /** The most that may be paid against the purchase order in all, in cents; without it there is no limit. */
  readonly limitCents?: number;
};

/**
 * The record of money that left. Safe to share between processes. All methods throw `ToolUnavailable` when the file
 * can't be used now (locked, damaged, disk full); the file is opened at the first use and tried anew at the next.
 */
export interface Ledger {
  /**
   * Pays. The same key with the same content returns the first payment and changes nothing; with other content, or
   * for an invoice paid under another key, or beyond the limit, throws `ToolError` of type `Conflict`.
   */
  pay(order: PaymentOrder): Payment;
  /** All payments, oldest first. */
  payments(): Payment[];
  /** What a key has paid. */
  paymentUnder(key: string): Payment | undefined;
  /** The payment of a supplier's invoice, unless it was made under `exceptKey`. */
  paymentOf(supplier: string, number: string, exceptKey?: string): Payment | undefined;
  /** The sum in cents paid against a purchase order, leaving out what was paid under `exceptKey`. */
  paidAgainst(purchaseOrder: string, currency: string, exceptKey?: string): number;
  close(): void;
}

function findByKey(database: DatabaseSync, key: string): Payment | undefined {
  return Payment.optional().parse(database.prepare(`SELECT ${columns} FROM payments WHERE key = ?`).get(key));
}

function findPayment(
  database: DatabaseSync,
  supplier: string,
  number: string,
  exceptKey: string,
): Payment | undefined {
  const query = `SELECT ${columns} FROM payments WHERE supplier = ? AND number_key = ? AND key <> ?`;
  return Payment.optional().parse(database.prepare(query).get(supplier, invoiceNumberKey(number), exceptKey));
}

function sumAgainst(
  database: DatabaseSync,
  purchaseOrder: string,
  currency: string,
  exceptKey: string,
): number {
  const query = `SELECT COALESCE(SUM(amount_cents), 0) AS cents FROM payments
    WHERE purchase_order = ? AND currency = ? AND key <> ?`;
  const row = database.prepare(query).get(purchaseOrder, currency, exceptKey);
  return z.object({ cents: z.int() }).parse(row).cents;
}

const content = [
  'invoice',
  'supplier',
  'number',
  'amountCents',
  'currency',
  'account',
  'purchaseOrder',
] as const;

/** The first payment of this key if there is one; throws what forbids a new one. Runs inside the transaction. */
function earlierPayment(database: DatabaseSync, order: PaymentOrder): Payment | undefined {
  const earlier = findByKey(database, order.key);
  if (earlier !== undefined) {
    const different = content.filter((field) => earlier[field] !== order[field]);
    if (different.length === 0) return earlier;
    throw new ToolError('Conflict', `this call already paid with another ${different.join(', ')}`);
  }
  const paid = findPayment(database, order.supplier, order.number, '');
  if (paid !== undefined) {
    throw new ToolError(
      'Conflict',
      `invoice ${order.number} of ${order.supplier} is already paid: ${paid.paymentId}`,
    );
  }
  if (order.limitCents !== undefined) {
    const sum = sumAgainst(database, order.purchaseOrder, order.currency, '') + order.amountCents;
    if (sum > order.limitCents) {
      throw new ToolError('Conflict', `purchase order ${order.purchaseOrder} would be exceeded`);
    }
  }
  return undefined;
}

function insert(database: DatabaseSync, order: PaymentOrder): Payment {
  const { key, invoice, supplier, number, amountCents, currency, account, purchaseOrder, now } = order;
  // Derived from the key, so that a person who holds either finds the other.
  const paymentId = `PAY-${createHash('sha256').update(key).digest('hex').slice(0, 12).toUpperCase()}`;
  const payment: Payment = {
    ...{ paymentId, key, invoice, supplier, number, amountCents, currency, account, purchaseOrder },
    paidAt: now.toISOString(),
  };
  database
    .prepare(
      `INSERT INTO payments (key, payment_id, invoice, supplier, number, number_key, amount_cents, currency, account,
        purchase_order, paid_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...([
        key,
        paymentId,
        invoice,
        supplier,
        number,
        invoiceNumberKey(number),
        amountCents,
        currency,
      ] as const),
      ...([account, purchaseOrder, payment.paidAt] as const),
    );
  return payment;
}

/** Opens the ledger kept in a SQLite file, which is made at the first use if it is missing. */
export function openLedger(file: string): Ledger {
  const { use, change, close } = sqliteFile({
    ...{ file, name: 'ledger', version: 1, schema },
    unavailable: (message, cause) => new ToolUnavailable(message, { cause }),
  });
  return {
    // The write lock comes before the reading, so that two processes can't both find room in one purchase order.
    pay: (order) => change((database) => earlierPayment(database, order) ?? insert(database, order)),
    payments: () =>
      use((database) => {
        const query = `SELECT ${columns} FROM payments ORDER BY paid_at, rowid LIMIT ${maxPaymentsListed}`;
        return z.array(Payment).parse(database.prepare(query).all());
      }),
    paymentUnder: (key) => use((database) => findByKey(database, key)),
    paymentOf: (supplier, number, exceptKey = '') =>
      use((database) => findPayment(database, supplier, number, exceptKey)),
    paidAgainst: (purchaseOrder, currency, exceptKey = '') =>
      use((database) => sumAgainst(database, purchaseOrder, currency, exceptKey)),
    close,
  };
}
