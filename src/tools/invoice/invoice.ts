import type { Cents, Decimal } from './decimal.ts';

/** Who sent an invoice, as far as the invoice itself says. */
export interface SupplierClaim {
  readonly name: string;
  /** Empty when the invoice states none. */
  readonly vatId: string;
  /** Identifiers of whatever scheme; the master data's own id may be among them. */
  readonly ids: readonly string[];
}

/** An allowance (negative) or a charge (positive) of a line or of the whole document. */
export interface Adjustment {
  readonly amount: Cents;
  readonly tax: TaxRate | undefined;
}

/** A VAT category code of UNCL 5305 with its rate; a category without a rate, such as `O`, has zero. */
export interface TaxRate {
  readonly category: string;
  readonly percent: Decimal;
}

export interface InvoiceLine {
  readonly id: string;
  readonly description: string;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly baseQuantity: Decimal;
  readonly adjustments: readonly Adjustment[];
  readonly amount: Cents;
  readonly tax: TaxRate | undefined;
}

export interface TaxSubtotal {
  readonly rate: TaxRate;
  readonly taxable: Cents;
  readonly tax: Cents;
}

/** The totals that an invoice states, with the numbers of their business terms in EN 16931. */
export interface Totals {
  /** BT-106 */ readonly lines: Cents;
  /** BT-107 */ readonly allowances: Cents;
  /** BT-108 */ readonly charges: Cents;
  /** BT-109 */ readonly net: Cents;
  /** BT-110 */ readonly tax: Cents;
  /** BT-112 */ readonly gross: Cents;
  /** BT-113 */ readonly prepaid: Cents;
  /** BT-114 */ readonly rounding: Cents;
  /** BT-115 */ readonly payable: Cents;
}

/** An electronic invoice as its file states it: parsed, exact, not yet believed. */
export interface Invoice {
  /** Workspace path, links followed. */
  readonly path: string;
  readonly isCreditNote: boolean;
  readonly number: string;
  readonly supplier: SupplierClaim;
  /** Someone other than the supplier whom the invoice asks to pay; empty as a rule. */
  readonly payee: string;
  readonly issueDate: string;
  /** Empty when the invoice states none. */
  readonly dueDate: string;
  readonly currency: string;
  /** Currencies of amounts that are not in the document's own. */
  readonly otherCurrencies: readonly string[];
  /** Empty when the invoice names none. */
  readonly purchaseOrder: string;
  /** Every account the invoice names, normalised. */
  readonly accounts: readonly string[];
  readonly isDirectDebit: boolean;
  readonly notes: readonly string[];
  readonly lines: readonly InvoiceLine[];
  readonly adjustments: readonly Adjustment[];
  /** Undefined when the invoice has no VAT breakdown at all. */
  readonly taxes: readonly TaxSubtotal[] | undefined;
  readonly totals: Totals;
}

/** An account without the spaces that people group it with. */
export function normaliseAccount(account: string): string {
  return account.replace(/\s/gu, '').toUpperCase();
}
