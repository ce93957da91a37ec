import type { ModelReply } from '../model-answer.ts';
import { callKey, taskCalls, type Conversation } from './conversation.ts';
import { deskOf, type Case, type Desk, type Stage } from './desk.ts';
import { MAX_ATTEMPTS } from './discover.ts';
import { memoryLine, PLAN } from './memory.ts';
import { worthRetrying } from './outcome.ts';
import { settlementDetails } from './payments.ts';
import { CHOICES, questionAbout } from './people.ts';
import { plan, reportOf, reportPath, resultOf, summary } from './report.ts';
import { contextFor, lookupsToMake } from './tables.ts';

/** Calls in one turn: enough to work side by side, few enough for a person to look at together. */
const BATCH = 5;

type Rule = (desk: Desk) => ModelReply | undefined;

/** The job of checking and paying invoices, for an agent with the tools for it. The first rule that has something to do does it. */
export function invoiceJob(conversation: Conversation): ModelReply | undefined {
  if (!conversation.offered.has('read_invoice') || !conversation.offered.has('list_files')) return undefined;
  const desk = deskOf(conversation);
  for (const rule of rules) {
    const reply = withoutRepetition(desk, rule(desk));
    if (reply !== undefined) return reply;
  }
  return undefined;
}

/** Whatever a rule thinks of it: a call that was made often enough without getting anywhere is not made again. */
function withoutRepetition(desk: Desk, reply: ModelReply | undefined): ModelReply | undefined {
  if (reply?.toolCalls === undefined) return reply;
  const keys = desk.conversation.calls
    .filter((call) => call.at >= desk.conversation.taskFrom)
    .map(({ key }) => key);
  const toolCalls = reply.toolCalls.filter((call) => {
    const key = typeof call.arguments === 'object' ? callKey(call.name, call.arguments) : undefined;
    return keys.filter((made) => made === key).length < MAX_ATTEMPTS;
  });
  return toolCalls.some((call) => call.name !== 'note' || reply.toolCalls?.length === 1)
    ? { ...reply, toolCalls }
    : undefined;
}

const list: Rule = (desk) => {
  const paths = desk.discovery.unlisted.slice(0, BATCH);
  if (paths.length === 0) return undefined;
  return {
    text: `I look for invoices in ${paths.map((path) => (path === '.' ? 'the workspace' : path)).join(', ')}.`,
    toolCalls: [...remember(desk), ...paths.map((path) => ({ name: 'list_files', arguments: { path } }))],
  };
};

const read: Rule = (desk) => {
  const unread = desk.cases.filter((it) => it.stage === 'read' && !desk.memory.read.has(it.path));
  if (unread.length === 0) return undefined;
  const done = desk.cases.length - unread.length;
  return readBatch(
    desk,
    unread,
    `I read the next invoices; ${done} of ${desk.cases.length} are read so far.`,
  );
};

const notePlan: Rule = (desk) => {
  if (desk.memory.planned || !desk.conversation.offered.has('note')) return undefined;
  const text = [`${PLAN} ${plan(desk)}`, ...memoryLines(desk)].join('\n');
  return {
    text: 'Every invoice is read, so I note my plan.',
    toolCalls: [{ name: 'note', arguments: { text } }],
  };
};

const payClean: Rule = (desk) =>
  pay(
    desk,
    'pay',
    'These invoices have no findings, so I pay them. Policy decides whether a person must agree.',
  );

const propose: Rule = (desk) =>
  pay(
    desk,
    'propose',
    'For these the bank account is in question, so I only put the payment forward; policy decides what becomes of it.',
  );

const payAnswered: Rule = (desk) =>
  pay(
    desk,
    'pay-answered',
    'A person answered that these are to be paid all the same, so I ask for the payments.',
  );

const lookUp: Rule = (desk) => {
  const queries = lookupsToMake(desk).slice(0, BATCH);
  if (queries.length === 0) return undefined;
  return {
    text: 'Before I ask people about the findings, I look up what the tables say.',
    toolCalls: [
      ...remember(desk),
      ...queries.map((query) => ({ name: 'query_table', arguments: { ...query } })),
    ],
  };
};

const ask: Rule = (desk) => {
  const questions = desk.cases.flatMap(({ stage, path, invoice }) =>
    stage === 'ask' && invoice !== undefined ? [questionAbout(path, invoice, contextFor(desk, invoice))] : [],
  );
  if (questions.length === 0) return undefined;
  const calls = questions.slice(0, BATCH).map((question) => ({
    name: 'ask_human',
    arguments: { question, choices: [...CHOICES] },
  }));
  const text = 'These invoices have findings that are not mine to judge, so I ask what should happen.';
  return { text, toolCalls: [...remember(desk), ...calls] };
};

/** Only after old results were compacted away: what was read once is read again when its turn comes. */
const readAgain: Rule = (desk) => {
  const open = desk.cases.filter((it) => it.stage === 'read');
  if (open.length === 0) return undefined;
  return readBatch(desk, open, 'I look again at invoices whose contents I no longer have before me.');
};

const writeReport: Rule = (desk) => {
  if (!desk.conversation.offered.has('write_file') || reportState(desk) !== 'open') return undefined;
  return {
    text: 'Every invoice is settled one way or the other, so I file the report.',
    toolCalls: [
      ...remember(desk),
      { name: 'write_file', arguments: { path: reportPath(desk), content: reportOf(desk) } },
    ],
  };
};

const finish: Rule = (desk) => {
  const calls = taskCalls(desk.conversation, 'finish');
  const ended = calls.some((call) => call.outcome?.ok === true);
  const text = desk.cases.length === 0 ? 'I found no invoice to work on.' : summary(desk);
  if (ended || calls.length >= MAX_ATTEMPTS || !desk.conversation.offered.has('finish')) return { text };
  const report = reportState(desk) === 'written' ? reportPath(desk) : null;
  return { text, toolCalls: [{ name: 'finish', arguments: { result: resultOf(desk, report) } }] };
};

const rules: readonly Rule[] = [
  list,
  read,
  notePlan,
  payClean,
  propose,
  lookUp,
  ask,
  payAnswered,
  readAgain,
  writeReport,
  finish,
];

function readBatch(desk: Desk, cases: readonly Case[], text: string): ModelReply {
  const calls = cases.slice(0, BATCH).map(({ path }) => ({ name: 'read_invoice', arguments: { path } }));
  return { text, toolCalls: [...remember(desk), ...calls] };
}

function pay(desk: Desk, stage: Stage, text: string): ModelReply | undefined {
  const calls = desk.cases
    .filter((it) => it.stage === stage)
    .slice(0, BATCH)
    .map(({ path }) => ({ name: 'pay_invoice', arguments: { invoice: path } }));
  return calls.length === 0 ? undefined : { text, toolCalls: [...remember(desk), ...calls] };
}

/** A note of what the last turns brought, sent along with the next calls. */
function remember(desk: Desk): { name: string; arguments: { text: string } }[] {
  const lines = memoryLines(desk);
  if (lines.length === 0 || !desk.conversation.offered.has('note')) return [];
  return [{ name: 'note', arguments: { text: lines.join('\n') } }];
}

function memoryLines(desk: Desk): string[] {
  return desk.touched.flatMap(({ path, number, supplier, invoice, settlement }) => {
    if (settlement !== undefined) {
      if (desk.memory.settled.has(path)) return [];
      const kind = settlement.kind === 'refused' ? 'not paid' : settlement.kind;
      return [memoryLine(kind, path, [number, supplier, ...settlementDetails(settlement)])];
    }
    return invoice === undefined || desk.memory.read.has(path) ? [] : [memoryLine('read', path, [])];
  });
}

function reportState(desk: Desk): 'open' | 'written' | 'impossible' {
  const path = reportPath(desk);
  const writes = taskCalls(desk.conversation, 'write_file').filter((call) => call.args['path'] === path);
  if (writes.some((call) => call.outcome?.ok === true)) return 'written';
  const again = writes.length < MAX_ATTEMPTS && worthRetrying(writes.at(-1)?.outcome);
  return again ? 'open' : 'impossible';
}
