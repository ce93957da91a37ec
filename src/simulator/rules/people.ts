import type { Conversation, PastCall } from './conversation.ts';
import { showAmount } from './money.ts';
import { answerOf, type Invoice } from './tool-results.ts';

/** The answers that a question offers; only the second one, word for word, leads to a payment. */
export const CHOICES = ['hold', 'pay', 'reject'] as const;

/** What a person said about an invoice. */
export interface Word {
  readonly pay: boolean;
  readonly reason: string;
}

/** The question about an invoice: everything that a person needs to decide without opening the file. */
export function questionAbout(path: string, invoice: Invoice, context: readonly string[]): string {
  const plain = (text: string): string => text.replace(/[`\s]+/g, ' ');
  const named = plain(invoice.supplier?.name ?? '').trim();
  const supplier = named === '' ? 'an unnamed supplier' : named;
  const amount = plain(showAmount(invoice.amountDue, invoice.currency));
  const findings = (invoice.findings ?? []).map(({ code, message }) => `- ${plain(message || code)}`);
  return [
    `Invoice ${plain(invoice.number)} from ${supplier}, ${amount} due (\`${path}\`), has open findings:`,
    ...findings,
    ...(context.length === 0 ? [] : ['From the tables:', ...context.map((line) => `- ${plain(line)}`)]),
    'Hold it, pay it all the same, or reject it?',
  ].join('\n');
}

/** The latest answer about an invoice; a question without an answer means that it is not paid. */
export function personsWord(conversation: Conversation, path: string): Word | undefined {
  const asked = conversation.calls.findLast((call) => askedAbout(call) === path);
  if (asked === undefined) return undefined;
  const { outcome } = asked;
  if (outcome === undefined) return { pay: false, reason: 'the question has no answer' };
  if (!outcome.ok) return { pay: false, reason: `nobody answered: ${outcome.message || outcome.type}` };
  const { text, by } = answerOf(outcome.result);
  const who = by === undefined ? 'a person' : by;
  return { pay: text.trim().toLowerCase() === CHOICES[1], reason: `${who} answered "${text.trim()}"` };
}

/** The path of the invoice that a question is about. Nothing that an invoice says can stand in its place. */
export function askedAbout(call: PastCall): string | undefined {
  if (call.name !== 'ask_human') return undefined;
  const firstLine = String(call.args['question']).split('\n')[0] ?? '';
  return /\(`(.+)`\)/.exec(firstLine)?.[1];
}
