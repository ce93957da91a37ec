import type { StartRequest } from '../api/agents.ts';
import { type BudgetDraft, noBudget, readBudget } from '../text/budget-draft.ts';

/** An agent that somebody is about to start. */
export interface StartDraft {
  readonly agent: string;
  readonly input: string;
  /** Follows the definition's name until somebody types another one. */
  readonly id: string | undefined;
  readonly model: string;
  readonly budget: BudgetDraft;
  /** A line each, `name=value`. */
  readonly labels: string;
}

export const emptyStart: Omit<StartDraft, 'agent'> = {
  ...{ input: '', id: undefined, model: '', budget: noBudget, labels: '' },
};

/** The id of an agent unless somebody chooses another one: within the reach of whoever starts it. */
export function suggestedId(definition: string, chance: string, reach: readonly string[]): string {
  const name = `${definition}-${chance}`;
  const [first] = reach;
  return first === undefined || reach.some((prefix) => name.startsWith(prefix)) ? name : `${first}${name}`;
}

export type ReadStart =
  | { readonly ok: true; readonly request: StartRequest }
  | { readonly ok: false; readonly problems: Readonly<Record<string, string>> };

/** What is sent for a draft, or what is wrong with it by field. The server has the last word. */
export function readStart(draft: StartDraft, suggested: string): ReadStart {
  const { budget, problems: budgetProblems } = readBudget(draft.budget);
  const problems: Record<string, string> = { ...budgetProblems };
  const id = (draft.id ?? suggested).trim();
  if (id === '') problems['id'] = 'It needs an id.';
  const labels = readLabels(draft.labels);
  if (!labels) problems['labels'] = 'One name=value on each line.';
  if (!labels || Object.keys(problems).length > 0) return { ok: false, problems };
  const model = draft.model.trim();
  return {
    ok: true,
    request: {
      ...{ agent: draft.agent, input: draft.input.trim(), id },
      ...(model === '' ? {} : { model }),
      ...(budget === undefined ? {} : { budget }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
  };
}

function readLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const place = line.indexOf('=');
    if (place < 1) return undefined;
    labels[line.slice(0, place).trim()] = line.slice(place + 1).trim();
  }
  return labels;
}
