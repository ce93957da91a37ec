import type { Conversation, PastCall } from './conversation.ts';
import type { Memory } from './memory.ts';
import { Payment, Report } from './tool-results.ts';

/** How the matter of one invoice ended. */
export type Settlement =
  | {
      readonly kind: 'paid';
      readonly paymentId: string;
      readonly amount: string | number | undefined;
      readonly currency: string | undefined;
    }
  | { readonly kind: 'suggested' | 'refused' | 'not paid'; readonly reason: string };

/** Finds for each invoice what came of its payment, from the calls and from what was noted of earlier ones. */
export function settlements(
  conversation: Conversation,
  memory: Memory,
  known: ReadonlySet<string>,
): Map<string, Settlement> {
  const settled = new Map<string, Settlement>();
  for (const [path, { kind, details }] of memory.settled) settled.set(path, remembered(kind, details));
  for (const call of conversation.calls) {
    if (call.name !== 'pay_invoice') continue;
    const asked = String(call.args['invoice']);
    const { settlement, instead } = settlementOf(call, known);
    if (instead === undefined) settled.set(asked, settlement);
    else {
      settled.set(instead, settlement);
      settled.set(asked, { kind: 'not paid', reason: `a person changed the payment to ${instead}` });
    }
  }
  return settled;
}

/** The details of a settlement, as a line of memory keeps them after the invoice's number and supplier. */
export function settlementDetails(settlement: Settlement): string[] {
  if (settlement.kind !== 'paid') return [settlement.reason, settlement.kind];
  return [settlement.paymentId, String(settlement.amount ?? ''), settlement.currency ?? ''];
}

function remembered(kind: string, details: readonly string[]): Settlement {
  const [, , first = '', second = '', currency = ''] = details;
  if (kind === 'paid')
    return { kind, paymentId: first, amount: second || undefined, currency: currency || undefined };
  if (kind === 'suggested' || second === 'refused')
    return { kind: kind === 'suggested' ? kind : 'refused', reason: first };
  return { kind: 'not paid', reason: first };
}

/** `instead` is the invoice that was really paid, when a person changed the call. */
function settlementOf(
  call: PastCall,
  known: ReadonlySet<string>,
): { settlement: Settlement; instead?: string } {
  const { outcome } = call;
  if (outcome === undefined)
    return { settlement: { kind: 'not paid', reason: 'the payment has no outcome' } };
  if (!outcome.ok) return { settlement: refusal(outcome.type, outcome.message) };
  const parsed = Payment.safeParse(outcome.result);
  const payment = parsed.success ? parsed.data : undefined;
  if (payment !== undefined && isPaid(payment)) {
    const settlement: Settlement = {
      kind: 'paid',
      paymentId: payment.paymentId ?? '',
      amount: payment.amount ?? undefined,
      currency: payment.currency ?? undefined,
    };
    const path = payment.invoice?.replace(/^\.\//, '');
    const changed = path !== undefined && path !== call.args['invoice'] && known.has(path);
    return changed ? { settlement, instead: path } : { settlement };
  }
  // The tool itself says paid; anything else that is no error came from a person who took the matter over.
  return { settlement: { kind: 'suggested', reason: shown(outcome.result) } };
}

function isPaid(payment: Payment): boolean {
  const status = payment.status?.toLowerCase();
  return (
    status === 'paid' || status === 'already_paid' || (status === undefined && Boolean(payment.paymentId))
  );
}

function refusal(type: string, message: string): Settlement {
  const reason = message || type;
  if (/suggest/i.test(type)) return { kind: 'suggested', reason };
  if (/forbid|denied|policy/i.test(type)) return { kind: 'refused', reason };
  return { kind: 'not paid', reason: `${type}: ${reason}` };
}

/** Longest result of unknown shape that a report repeats. */
const MAX_SHOWN_CHARS = 200;

function shown(result: unknown): string {
  const { doneBy, report } = Report.safeParse(result).data ?? {};
  if (doneBy !== undefined) return `${doneBy} reports: ${report ?? 'no words'}`.slice(0, MAX_SHOWN_CHARS);
  const text = typeof result === 'string' ? result : JSON.stringify(result ?? 'no details');
  return `a person took it over: ${text}`.slice(0, MAX_SHOWN_CHARS);
}
