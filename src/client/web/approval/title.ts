import type { JsonObject } from '../../../contracts/json.ts';
import type { ApprovalView } from '../../../contracts/status.ts';
import { oneLine } from '../text/visible-text.ts';

type Asked = Pick<ApprovalView, 'subject' | 'tool' | 'args' | 'summary'>;

/** What is asked, with a verb first. Tools are named by verbs, so the name says it for a call. */
export function approvalTitle({ subject, tool, summary }: Asked): string {
  switch (subject) {
    case 'tool':
      return toolWords(tool);
    case 'suggestion':
      return `Do it yourself: ${toolWords(tool)}`;
    case 'question':
      return `Answer: ${summary}`;
    case 'budget':
      return 'Extend the budget';
    case 'unknown_outcome':
      return `Find out whether it was done: ${toolWords(tool)}`;
  }
}

/** What the call is about in a few words: its first argument that can be read as one. */
export function approvalObject({ subject, args }: Asked): string {
  if (subject === 'question' || subject === 'budget') return '';
  return firstWords(args) ?? '';
}

/** A few facts for a line in a list: what is counted first, then short texts. What the arguments say already is left out. */
export function headlineFacts({ facts, args }: Pick<ApprovalView, 'facts' | 'args'>): string {
  const known = new Set(Object.values(args));
  const told = Object.entries(facts).filter(([, value]) => !known.has(value));
  const numbers = told.flatMap(([name, value]) => (typeof value === 'number' ? [`${name} ${value}`] : []));
  const texts = told.flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' && value.length <= MAX_FACT_CHARS ? [{ name, value }] : [],
  );
  const shortFirst = texts.toSorted((one, other) => one.value.length - other.value.length);
  return [...numbers, ...shortFirst.map(({ name, value }) => `${name} ${value}`)]
    .slice(0, MAX_FACTS)
    .join(' · ');
}

/** All arguments on one line, each only as far as there is room for it. */
export function compactValues(args: JsonObject): string {
  const values = Object.entries(args).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name}: ${oneLine(text, MAX_VALUE_CHARS)}`;
  });
  return values.length === 0 ? 'no arguments' : values.join(' · ');
}

const MAX_VALUE_CHARS = 60;
const MAX_FACTS = 4;
const MAX_FACT_CHARS = 40;

function toolWords(tool: string): string {
  const words = tool.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function firstWords(args: JsonObject): string | undefined {
  for (const value of Object.values(args)) {
    if (typeof value === 'string' && value.trim() !== '') return oneLine(value);
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}
