import type { ModelReply } from '../../model-answer.ts';
import { taskCalls, type Conversation } from '../conversation.ts';
import { MAX_ATTEMPTS } from '../discover.ts';
import { worthRetrying } from '../outcome.ts';
import { decisionText, labelOf } from './decisions.ts';
import { reportOf, resultOf, summaryOf } from './warden-report.ts';
import { type Case, type Stage, type Watch, watchOf } from './watch.ts';

/** Looks at several things in one turn, few enough for a person to follow. */
const BATCH = 5;
/** A recall costs next to nothing. */
const RECALL_BATCH = 10;
const USUAL = {
  record: 'reports/dependency-record.json',
  policy: 'dependency-policy.yaml',
  report: 'reports/dependency-warden.md',
  checker: 'package-checker',
};
const CHOICES = ['accept', 'watch', 'replace'];
const LOOK_TURNS = 6;

interface Places {
  readonly record: string;
  readonly policy: string;
  readonly report: string;
  readonly checker: string;
  readonly folder: { readonly folder?: string };
}

type Rule = (watch: Watch, places: Places) => ModelReply | undefined;

/** The job of watching packages, for an agent with the tools for it. The first rule that has something to do does it. */
export function wardenJob(conversation: Conversation): ModelReply | undefined {
  const { offered } = conversation;
  if (!offered.has('check_packages') || !offered.has('list_packages')) return undefined;
  const places = placesIn(conversation);
  const watch = watchOf(conversation, places);
  for (const rule of rules) {
    const reply = rule(watch, places);
    if (reply !== undefined) return reply;
  }
  return undefined;
}

/** Where things are, as the task or else the instructions say. */
function placesIn({ task, instructions }: Conversation): Places {
  const named = (pattern: RegExp, usual: string): string =>
    pattern.exec(task)?.[1] ?? pattern.exec(instructions)?.[1] ?? usual;
  const folder = /`?folder`?\s+`([^`\s]+)`/.exec(task)?.[1];
  return {
    record: named(/`([\w./-]+\.json)`/, USUAL.record),
    policy: named(/`([\w./-]*policy[\w.-]*\.(?:ya?ml|json))`/, USUAL.policy),
    report: named(/`([\w./-]+\.md)`/, USUAL.report),
    checker: named(/\bagent `([a-z0-9][a-z0-9_-]*)`/, USUAL.checker),
    folder: folder === undefined ? {} : { folder },
  };
}

const lookUp: Rule = ({ lookups }) => {
  if (lookups.length === 0) return undefined;
  return { text: 'I look at what is there now, and what the policy says of it.', toolCalls: [...lookups] };
};

const recall: Rule = (watch) => {
  const calls = at(watch, 'recall')
    .slice(0, RECALL_BATCH)
    .map(({ name }) => ({ name: 'recall', arguments: { query: '', label: labelOf(name) } }));
  if (calls.length === 0) return undefined;
  return { text: 'Before I ask anybody, I recall what was decided about these packages.', toolCalls: calls };
};

const remember: Rule = (watch) => {
  const calls = at(watch, 'remember').flatMap((it) =>
    it.word === undefined
      ? []
      : [{ name: 'remember', arguments: { text: decisionText(it, it.word), label: labelOf(it.name) } }],
  );
  if (calls.length === 0) return undefined;
  return {
    text: 'I remember what was decided, so that nobody is asked again.',
    toolCalls: calls.slice(0, BATCH),
  };
};

const look: Rule = (watch, { checker, folder }) => {
  const calls = at(watch, 'look')
    .slice(0, BATCH)
    .map(({ name, versions, findings }) => ({
      name: 'delegate',
      arguments: {
        agent: checker,
        input: [
          JSON.stringify({ name, version: versions[0] ?? '', ...folder }),
          ...findings.map(({ code, message }) => `- ${code}: ${oneLine(message)}`),
        ].join('\n'),
        budget: { turns: LOOK_TURNS },
        wait: true,
      },
    }));
  if (calls.length === 0) return undefined;
  return { text: `I have ${calls.length} of them looked at more closely.`, toolCalls: calls };
};

const put: Rule = (watch, { folder }) => {
  const proposals = at(watch, 'propose').map((it) => ({
    name: 'propose_change',
    arguments: { package: it.name, action: actionFor(it), reason: reasonFor(it), ...folder },
  }));
  const questions = at(watch, 'ask').map((it) => ({
    name: 'ask_human',
    arguments: { question: questionFor(it), choices: CHOICES },
  }));
  const calls = [...proposals, ...questions].slice(0, BATCH);
  if (calls.length === 0) return undefined;
  return { text: 'Nobody has decided about these yet, so I put them before a person.', toolCalls: calls };
};

const writeReport: Rule = (watch, { report }) => {
  if (reportState(watch, report) !== 'open') return undefined;
  return {
    text: 'Everything has its place, so I file the report.',
    toolCalls: [{ name: 'write_file', arguments: { path: report, content: reportOf(watch) } }],
  };
};

/** Only after the report: were it the other way round, a change could be recorded and never reported. */
const record: Rule = (watch, { record: to, report, folder }) => {
  const fingerprint = watch.lists[0]?.fingerprint;
  const { conversation } = watch;
  if (fingerprint === undefined || !conversation.offered.has('record_packages')) return undefined;
  if (reportState(watch, report) !== 'written' || watch.gaps.length > 0) return undefined;
  if (taskCalls(conversation, 'record_packages').length > 0) return undefined;
  return {
    text: 'The next run compares with what is there now.',
    toolCalls: [{ name: 'record_packages', arguments: { to, fingerprint, ...folder } }],
  };
};

const finish: Rule = (watch, { report }) => {
  const text = summaryOf(watch);
  const calls = taskCalls(watch.conversation, 'finish');
  const ended = calls.some((call) => call.outcome?.ok === true);
  if (ended || calls.length >= MAX_ATTEMPTS || !watch.conversation.offered.has('finish')) return { text };
  const path = reportState(watch, report) === 'written' ? report : null;
  return { text, toolCalls: [{ name: 'finish', arguments: { result: resultOf(watch, path) } }] };
};

const rules: readonly Rule[] = [lookUp, recall, remember, look, put, writeReport, record, finish];

function at({ cases }: Watch, stage: Stage): Case[] {
  return cases.filter((it) => it.stage === stage);
}

function actionFor({ findings, word }: Case): string {
  if (word?.decision === 'replace') return 'replace';
  const codes = findings.map(({ code }) => code);
  if (codes.includes('package_forbidden')) return 'remove';
  // What is installed is not what was locked: that comes before what it would run.
  const isOnlyScript = codes.every((code) =>
    /^(install_script|licence_not_allowed|licence_missing)$/.test(code),
  );
  return isOnlyScript ? 'block_script' : 'reinstall';
}

function reasonFor({ findings, advice, word }: Case): string {
  return [
    ...findings.map(({ version, message }) => `${version}: ${oneLine(message)}`),
    ...(advice === undefined
      ? []
      : [`A closer look: risk ${oneLine(advice.risk)}; ${oneLine(advice.advice)}`]),
    ...(word === undefined ? [] : [`${word.by} answered: ${word.decision}`]),
  ]
    .join('\n')
    .slice(0, MAX_REASON_CHARS);
}

/** As long as a reason may be. */
const MAX_REASON_CHARS = 4_000;
/** Longest line of anything that strangers wrote. */
const MAX_LINE_CHARS = 300;

function oneLine(text: string): string {
  const line = text.replace(/[`\s]+/g, ' ').trim();
  return line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line;
}

function questionFor({ name, versions, findings, advice }: Case): string {
  return [
    `Package ${JSON.stringify(name)} (${versions.map(oneLine).join(', ')}) is not what the policy allows:`,
    ...findings.map(({ version, message }) => `- ${oneLine(version)}: ${oneLine(message)}`),
    ...(advice === undefined
      ? ['It was not looked at more closely.']
      : [
          `A closer look says risk ${oneLine(advice.risk)}:`,
          ...advice.reasons.map((each) => `- ${oneLine(each)}`),
        ]),
    'Accept it, watch it (keep this version, ask again about another), or have it replaced?',
  ]
    .join('\n')
    .slice(0, MAX_QUESTION_CHARS);
}

/** As long as a question may be is more; nobody reads that. */
const MAX_QUESTION_CHARS = 8_000;

function reportState({ conversation }: Watch, path: string): 'open' | 'written' | 'impossible' {
  if (!conversation.offered.has('write_file')) return 'impossible';
  const writes = taskCalls(conversation, 'write_file').filter((call) => call.args['path'] === path);
  if (writes.some((call) => call.outcome?.ok === true)) return 'written';
  return writes.length < MAX_ATTEMPTS && worthRetrying(writes.at(-1)?.outcome) ? 'open' : 'impossible';
}
