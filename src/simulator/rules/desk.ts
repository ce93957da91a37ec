import type { Conversation, PastCall } from './conversation.ts';
import { discover, MAX_ATTEMPTS, type Discovery } from './discover.ts';
import { memoryOf, type Memory } from './memory.ts';
import { worthRetrying } from './outcome.ts';
import { settlements, type Settlement } from './payments.ts';
import { askedAbout, personsWord } from './people.ts';
import { Invoice } from './tool-results.ts';

/**
 * Where one invoice stands: to be read; to be paid because it is clean; to be proposed because only its account is
 * in question; to be asked about; to be paid because a person said so; or done with.
 */
export type Stage = 'read' | 'pay' | 'propose' | 'ask' | 'pay-answered' | 'done';

export interface Case {
  readonly path: string;
  /** As the invoice says, or a note about it; empty if neither is there. */
  readonly number: string;
  readonly supplier: string;
  readonly invoice: Invoice | undefined;
  readonly stage: Stage;
  readonly settlement: Settlement | undefined;
}

/** The whole job as far as the conversation tells it. */
export interface Desk {
  readonly conversation: Conversation;
  readonly discovery: Discovery;
  readonly memory: Memory;
  readonly cases: readonly Case[];
  /** Those that the conversation shows work on, whether or not their folder is listed (again) yet. */
  readonly touched: readonly Case[];
}

/** Reads the state of the job out of the conversation. */
export function deskOf(conversation: Conversation): Desk {
  const discovery = discover(conversation);
  const notes = conversation.calls.flatMap((call) =>
    call.name === 'note' ? [String(call.args['text'])] : [],
  );
  const memory = memoryOf([conversation.instructions, ...conversation.said, ...notes]);
  const settled = settlements(conversation, memory, new Set(discovery.invoices));
  const caseAt = (path: string): Case => {
    const reading = readingOf(conversation, path);
    const invoice = typeof reading === 'object' ? reading : undefined;
    const settlement = settled.get(path) ?? settledWithoutPayment(conversation, path, reading);
    const open = invoice === undefined ? 'read' : stageOf(conversation, path, invoice);
    const [number = '', supplier = ''] = memory.settled.get(path)?.details ?? [];
    return {
      path,
      number: invoice?.number ?? number,
      supplier: invoice?.supplier?.name ?? supplier,
      invoice,
      stage: settlement === undefined ? open : 'done',
      settlement,
    };
  };
  const touched = new Set([...settled.keys(), ...conversation.calls.flatMap(pathsIn)]);
  return {
    conversation,
    discovery,
    memory,
    cases: discovery.invoices.map(caseAt),
    touched: [...touched].map(caseAt),
  };
}

function pathsIn(call: PastCall): string[] {
  const path = call.name === 'read_invoice' ? call.args['path'] : askedAbout(call);
  return typeof path === 'string' ? [path] : [];
}

/** Whether this finding says that the account to pay to is another one than before. */
export function isAboutAccount(finding: { code: string }): boolean {
  return /(bank|account|iban).*(chang|differ|mismatch|other|new)/i.test(finding.code);
}

/** The codes of findings with which the instructions forbid to pay: the points that say so and name them in code marks. */
function forbiddenCodes(instructions: string): Set<string> {
  const points = instructions.split(/\n\s*(?:[-*]|\d+\.)\s+|\n\s*\n/);
  const forbidding = points.filter((point) => /\b(do not|don['’]t|never) pay\b/i.test(point));
  return new Set(
    forbidding.flatMap((point) => [...point.matchAll(/`([a-z][a-z0-9_]*)`/g)].map((match) => match[1] ?? '')),
  );
}

function stageOf(conversation: Conversation, path: string, invoice: Invoice): Stage {
  const findings = invoice.findings ?? [];
  if (findings.length === 0) return 'pay';
  if (findings.every(isAboutAccount)) return 'propose';
  return personsWord(conversation, path)?.pay === true ? 'pay-answered' : 'ask';
}

/** What a look at the conversation settles without a payment: it can't be read, or paid, or a person said no. */
function settledWithoutPayment(
  conversation: Conversation,
  path: string,
  reading: Invoice | string | undefined,
): Settlement | undefined {
  const word = personsWord(conversation, path);
  if (word?.pay === false) return { kind: 'not paid', reason: word.reason };
  if (typeof reading === 'string') return { kind: 'not paid', reason: `could not be read: ${reading}` };
  if (reading === undefined) return undefined;
  if (isHeldByMessage(conversation, path, reading)) {
    return { kind: 'not paid', reason: 'held, as a message from a person says' };
  }
  const forbidden = forbiddenCodes(conversation.instructions);
  const codes = (reading.findings ?? []).map(({ code }) => code).filter((code) => forbidden.has(code));
  if (codes.length > 0)
    return { kind: 'not paid', reason: `the instructions say not to pay with ${codes.join(', ')}` };
  const stage = stageOf(conversation, path, reading);
  const needs = stage === 'ask' ? 'ask_human' : 'pay_invoice';
  if (conversation.offered.has(needs)) return undefined;
  const reason =
    stage === 'ask' ? 'there is nobody to ask about its findings' : 'this agent has no tool to pay';
  return { kind: 'not paid', reason };
}

/** The invoice, why it can't be read, or undefined if it is still to be read. */
function readingOf(conversation: Conversation, path: string): Invoice | string | undefined {
  if (!conversation.offered.has('read_invoice')) return 'this agent has no tool to read invoices';
  const calls = conversation.calls.filter(
    (call) => call.name === 'read_invoice' && call.args['path'] === path,
  );
  for (const { outcome } of calls.toReversed()) {
    const parsed = outcome?.ok === true ? Invoice.safeParse(outcome.result) : undefined;
    if (parsed?.success === true) return parsed.data;
  }
  const last = calls.at(-1)?.outcome;
  if (calls.length < MAX_ATTEMPTS && worthRetrying(last)) return undefined;
  return last?.ok === false ? last.message || last.type : 'the answer was no invoice';
}

/** A number shorter than this would be found in any text. */
const SHORTEST_NUMBER = 3;

/** A person can hold an invoice by a message that names its number or path: `hold 4711`, `do not pay a/b.xml`. */
function isHeldByMessage(conversation: Conversation, path: string, invoice: Invoice): boolean {
  const names = [path, ...(invoice.number.length >= SHORTEST_NUMBER ? [invoice.number] : [])];
  return conversation.said.some((text) =>
    text.split('\n').some((line) => {
      const holds = /^\W*(please\s+)?(hold|do not pay|don['’]t pay|never pay)\b/i.test(line);
      const words = line.split(/[\s,;]+/).map((word) => word.replace(/^["'`(]+|["'`).!?:]+$/g, ''));
      return holds && names.some((name) => words.includes(name));
    }),
  );
}
