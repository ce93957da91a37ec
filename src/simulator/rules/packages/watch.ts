import { z } from 'zod';
import { taskCalls, type Conversation, type PastCall } from '../conversation.ts';
import { MAX_ATTEMPTS } from '../discover.ts';
import { worthRetrying } from '../outcome.ts';
import { answerOf, Report } from '../tool-results.ts';
import { decisionIn, labelOf, type Matter, mattersOf, type Remembered, settles } from './decisions.ts';
import { Advice, Check, Memories, PackageList } from './package-results.ts';

/** More pages than this are not turned. */
const MAX_PAGES = 30;
/** As many matters as are looked into in one run; the instructions say so too. */
const MAX_MATTERS = 20;

/** What people said about a matter in this run. */
export interface Word {
  readonly decision: string;
  readonly by: string;
  readonly words: string;
  /** Nobody answered, or the call failed: nothing to remember. */
  readonly isDecision: boolean;
}

/** Where one matter stands. */
export type Stage = 'recall' | 'look' | 'ask' | 'propose' | 'remember' | 'done';

export interface Case extends Matter {
  readonly stage: Stage;
  readonly remembered: Remembered | undefined;
  readonly advice: z.infer<typeof Advice>['result'] | undefined;
  readonly word: Word | undefined;
}

/** A call that looks something up and is still to be made. */
export interface Lookup {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

/** The whole job as far as the conversation tells it. */
export interface Watch {
  readonly conversation: Conversation;
  readonly lookups: readonly Lookup[];
  /** Why a tool gave no answer, for the report. */
  readonly gaps: readonly string[];
  readonly lists: readonly PackageList[];
  readonly cases: readonly Case[];
  /** Matters that are left for the next run. */
  readonly left: readonly Matter[];
}

/** Reads the state of the job out of the conversation. */
export function watchOf(
  conversation: Conversation,
  places: { record: string; policy: string; folder: object },
): Watch {
  const { record, policy, folder } = places;
  const lists = pagesOf(conversation, 'list_packages', { changedSince: record, ...folder }, PackageList);
  const checks = pagesOf(conversation, 'check_packages', { policy, ...folder }, Check);
  const cases = mattersOf(checks.pages.flatMap(({ findings }) => findings)).map((matter) =>
    caseOf(conversation, matter),
  );
  // Those that wait for a look count in the order of the list, so that the same ones are taken up in every turn.
  const unsettled = cases.filter(({ remembered, stage }) => remembered === undefined && stage !== 'recall');
  const left = new Set(unsettled.slice(MAX_MATTERS));
  return {
    conversation,
    // The first page of a list without a record is enough: everything in it is new.
    lookups: [...(lists.pages[0]?.first === true ? [] : lists.next), ...checks.next],
    gaps: [...lists.gaps, ...checks.gaps],
    lists: lists.pages,
    cases: cases.filter((it) => !left.has(it)),
    left: [...left],
  };
}

interface Pages<Page> {
  readonly pages: readonly Page[];
  readonly next: readonly Lookup[];
  readonly gaps: readonly string[];
}

function pagesOf<Page extends { nextOffset?: number | null | undefined }>(
  conversation: Conversation,
  name: string,
  args: Record<string, unknown>,
  schema: z.ZodType<Page>,
): Pages<Page> {
  const pages: Page[] = [];
  let offset = 0;
  for (let turned = 0; turned < MAX_PAGES; turned += 1) {
    const asked = { ...args, ...(offset === 0 ? {} : { offset }) };
    const calls = taskCalls(conversation, name).filter((call) => sameOffset(call, offset));
    const good = calls.findLast(({ outcome }) => outcome?.ok === true)?.outcome;
    const page = good?.ok === true ? schema.safeParse(good.result).data : undefined;
    if (page === undefined) {
      const last = calls.at(-1)?.outcome;
      if (calls.length < MAX_ATTEMPTS && worthRetrying(last))
        return { pages, next: [{ name, arguments: asked }], gaps: [] };
      const why = last?.ok === false ? last.message || last.type : 'no answer that can be read';
      return { pages, next: [], gaps: [`${name}: ${why}`] };
    }
    pages.push(page);
    if (typeof page.nextOffset !== 'number' || page.nextOffset <= offset)
      return { pages, next: [], gaps: [] };
    offset = page.nextOffset;
  }
  return { pages, next: [], gaps: [`${name}: more than ${MAX_PAGES} pages`] };
}

function sameOffset(call: PastCall, offset: number): boolean {
  return (call.args['offset'] ?? 0) === offset;
}

function caseOf(conversation: Conversation, matter: Matter): Case {
  const recalled = taskCalls(conversation, 'recall').findLast(
    (call) => call.args['label'] === labelOf(matter.name),
  );
  const remembered = rememberedIn(recalled, matter);
  const looked = taskCalls(conversation, 'delegate').findLast((call) => namedIn(call) === matter.name);
  const advice =
    looked?.outcome?.ok === true ? Advice.safeParse(looked.outcome.result).data?.result : undefined;
  const word = wordOn(conversation, matter);
  const stage = stageOf(conversation, matter, { recalled, remembered, looked, word });
  return { ...matter, stage, remembered, advice, word };
}

function stageOf(
  { offered, calls, taskFrom }: Conversation,
  matter: Matter,
  known: {
    recalled: PastCall | undefined;
    remembered: Remembered | undefined;
    looked: PastCall | undefined;
    word: Word | undefined;
  },
): Stage {
  const { recalled, remembered, looked, word } = known;
  if (offered.has('recall') && recalled === undefined) return 'recall';
  if (remembered !== undefined) return 'done';
  if (offered.has('delegate') && looked === undefined) return 'look';
  if (word === undefined) {
    const way = isForPeopleToDo(matter) ? 'propose' : 'ask';
    return offered.has(way === 'ask' ? 'ask_human' : 'propose_change') ? way : 'done';
  }
  const isProposed = calls.some((call) => call.at >= taskFrom && proposedIn(call) === matter.name);
  if (word.decision === 'replace' && !isProposed && offered.has('propose_change')) return 'propose';
  const isKept = calls.some(
    (call) =>
      call.at >= taskFrom &&
      call.name === 'remember' &&
      decisionIn(String(call.args['text']))?.package === matter.name,
  );
  return word.isDecision && !isKept && offered.has('remember') ? 'remember' : 'done';
}

/** Findings of facts rather than of taste: there is something to be done, and nothing to be asked. */
function isForPeopleToDo({ findings }: Matter): boolean {
  return findings.some(({ code }) => !/^licence_(not_allowed|missing)$/.test(code));
}

function rememberedIn(recalled: PastCall | undefined, matter: Matter): Remembered | undefined {
  if (recalled?.outcome?.ok !== true) return undefined;
  const memories = Memories.safeParse(recalled.outcome.result).data?.memories ?? [];
  for (const { text, agent, at } of memories) {
    const decision = decisionIn(text);
    if (decision !== undefined && settles(decision, matter))
      return { ...decision, agent: agent ?? 'an unknown agent', at: at ?? 'an unknown time' };
  }
  return undefined;
}

/** The latest that a person said about a matter: the answer to a question, and then what came of a proposal. */
function wordOn(conversation: Conversation, { name }: Matter): Word | undefined {
  const asked = taskCalls(conversation, 'ask_human').findLast((call) => askedIn(call) === name);
  const proposed = taskCalls(conversation, 'propose_change').findLast((call) => proposedIn(call) === name);
  if (asked === undefined && proposed === undefined) return undefined;
  const answer = asked === undefined ? undefined : answered(asked);
  if (proposed === undefined) return answer;
  const { outcome } = proposed;
  const decision = answer?.decision ?? 'proposed';
  if (outcome?.ok !== true) return refusedWord(decision, outcome);
  const { doneBy, report } = Report.safeParse(outcome.result).data ?? {};
  const words = report ?? JSON.stringify(outcome.result ?? 'no words');
  return { decision, by: doneBy ?? answer?.by ?? 'a person', words, isDecision: true };
}

function answered({ outcome }: PastCall): Word {
  if (outcome?.ok !== true) return refusedWord('none', outcome);
  const { text, by = 'a person' } = answerOf(outcome.result);
  const said = text.trim();
  const word = ['accept', 'watch', 'replace'].find((choice) => choice === said.toLowerCase());
  // Whatever else a person says is no acceptance; it is kept, and holds for these versions.
  return { decision: word ?? 'watch', by, words: said, isDecision: true };
}

/** A person who says no has decided; time that passed, or policy, has not. */
function refusedWord(decision: string, outcome: PastCall['outcome']): Word {
  if (outcome === undefined || outcome.ok)
    return { decision, by: 'nobody', words: 'no answer', isDecision: false };
  const isPerson = /reject|ignore/i.test(outcome.type);
  return {
    decision: isPerson && decision === 'none' ? 'watch' : decision,
    by: isPerson
      ? (/^(.{1,200}?) (?:rejected|chose not)/.exec(outcome.message)?.[1] ?? 'a person')
      : 'nobody',
    words: outcome.message || outcome.type,
    isDecision: isPerson,
  };
}

/** The package that a delegated look is about: the name in the line of JSON with which it begins. */
function namedIn(call: PastCall): string | undefined {
  return namedFirst(String(call.args['input']));
}

const Named = z.looseObject({ name: z.string() });

export function namedFirst(text: string): string | undefined {
  return Named.safeParse(parsed(text.split('\n')[0] ?? '')).data?.name;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function askedIn(call: PastCall): string | undefined {
  const quoted = /^Package ("(?:[^"\\]|\\.)*")/.exec(String(call.args['question']))?.[1];
  return quoted === undefined ? undefined : z.string().safeParse(parsed(quoted)).data;
}

function proposedIn(call: PastCall): string | undefined {
  return call.name === 'propose_change' ? String(call.args['package']) : undefined;
}
