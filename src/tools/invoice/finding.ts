import * as z from 'zod';

/** Everything that can be wrong with an invoice. Policies name these codes, so none is ever renamed. */
export const FindingCode = z.enum([
  'line_sum_wrong',
  'total_wrong',
  'tax_wrong',
  'duplicate',
  'duplicates_unchecked',
  'already_paid',
  'unknown_supplier',
  'bank_account_changed',
  'bank_account_missing',
  'master_account_missing',
  'other_payee',
  'direct_debit',
  'purchase_order_missing',
  'purchase_order_unknown',
  'purchase_order_other_supplier',
  'purchase_order_exceeded',
  'past_due',
  'currency_mismatch',
  'credit_note',
  'amount_not_positive',
]);
export type FindingCode = z.infer<typeof FindingCode>;

export const Finding = z.object({ code: FindingCode, message: z.string() });
export type Finding = z.infer<typeof Finding>;
