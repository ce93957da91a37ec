import type { ForkTools } from '../../../contracts/fork.ts';
import { Json } from '../../../contracts/json.ts';
import type { ForkRequest } from '../api/time-travel.ts';
import { type BudgetDraft, noBudget, readBudget } from '../text/budget-draft.ts';

/** What was told to the agent, in other words. */
export interface MessageEdit {
  readonly turn: string;
  readonly nth: string;
  readonly text: string;
}

/** What a call came to, otherwise. */
export interface ResultEdit {
  readonly turn: string;
  readonly call: string;
  readonly result: string;
}

/** A fork that somebody is about to start; empty is what stays as it is. */
export interface ForkDraft {
  readonly turn: string;
  readonly tools: ForkTools;
  /** That effects happen again, outside, was read and agreed to. */
  readonly isLiveAgreed: boolean;
  readonly model: string;
  readonly instructions: string;
  readonly messages: readonly MessageEdit[];
  readonly results: readonly ResultEdit[];
  readonly again: boolean;
  readonly budget: BudgetDraft;
  readonly id: string;
}

/** From where somebody wants to fork: a turn, and perhaps something that is to be different. */
export interface ForkPoint {
  readonly turn: number;
  readonly message?: MessageEdit;
  readonly result?: ResultEdit;
}

export function forkDraftAt({ turn, message, result }: ForkPoint): ForkDraft {
  return {
    ...{ turn: String(turn), tools: 'recorded', isLiveAgreed: false, model: '', instructions: '' },
    messages: message ? [message] : [],
    results: result ? [result] : [],
    ...{ again: false, budget: noBudget, id: '' },
  };
}

export type ReadFork =
  | { readonly ok: true; readonly request: ForkRequest }
  | { readonly ok: false; readonly problems: Readonly<Record<string, string>> };

/** What is sent for a draft, or what is wrong with it by field. The fork itself has the last word on what it finds. */
export function readFork(draft: ForkDraft, lastTurn: number): ReadFork {
  const { budget, problems: budgetProblems } = readBudget(draft.budget);
  const problems: Record<string, string> = { ...budgetProblems };
  const turn = wholeFrom(draft.turn, 0);
  if (turn === undefined || turn > lastTurn) problems['turn'] = `A turn from 0 to ${lastTurn}.`;
  if (draft.tools === 'live' && !draft.isLiveAgreed) problems['tools'] = 'Say that effects may happen.';
  const messages = draft.messages.map((edit, index) => {
    const read = { turn: wholeFrom(edit.turn, 0), nth: wholeFrom(edit.nth, 1), text: edit.text };
    if (read.turn !== undefined && read.nth !== undefined && read.text.trim() !== '')
      return { turn: read.turn, nth: read.nth, text: read.text };
    problems[`message ${index}`] = 'A turn, which message of it from 1, and the words.';
    return undefined;
  });
  const results = draft.results.map((edit, index) => {
    const read = {
      turn: wholeFrom(edit.turn, 1),
      call: wholeFrom(edit.call, 1),
      result: jsonIn(edit.result),
    };
    if (read.turn !== undefined && read.call !== undefined && read.result !== undefined)
      return { turn: read.turn, call: read.call, result: read.result };
    problems[`result ${index}`] = 'A turn, which call of it from 1, and a result as JSON.';
    return undefined;
  });
  if (turn === undefined || Object.keys(problems).length > 0) return { ok: false, problems };
  return {
    ok: true,
    request: { turn, tools: draft.tools, ...differences(draft, { messages, results, budget }) },
  };
}

function differences(
  { model, instructions, again, id }: ForkDraft,
  {
    messages,
    results,
    budget,
  }: {
    messages: readonly (NonNullable<ForkRequest['messages']>[number] | undefined)[];
    results: readonly (NonNullable<ForkRequest['results']>[number] | undefined)[];
    budget: ForkRequest['budget'];
  },
): Omit<ForkRequest, 'turn' | 'tools'> {
  return {
    ...(model.trim() === '' ? {} : { model: model.trim() }),
    ...(instructions.trim() === '' ? {} : { instructions }),
    ...(messages.length === 0 ? {} : { messages: messages.filter((one) => one !== undefined) }),
    ...(results.length === 0 ? {} : { results: results.filter((one) => one !== undefined) }),
    ...(again ? { again } : {}),
    ...(budget === undefined ? {} : { budget }),
    ...(id.trim() === '' ? {} : { id: id.trim() }),
  };
}

function wholeFrom(text: string, least: number): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && Number.isSafeInteger(value) && value >= least ? value : undefined;
}

/** What is no JSON at all is none; a text needs its quotes, so that nobody sends `true` for the word. */
function jsonIn(text: string): Json | undefined {
  try {
    return Json.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
