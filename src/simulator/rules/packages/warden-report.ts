import type { Case, Watch } from './watch.ts';

/** Who wrote the report, said in it: a reader must not take the rules for a language model. */
const SIGNATURE = 'Written by the Perdure simulator: hand-written rules in the place of a language model.';
/** Rows of one table; a report is for reading. */
const MAX_ROWS = 200;

/** One sentence on the outcome. */
export function summaryOf(watch: Watch): string {
  if (watch.gaps.length > 0 && watch.lists.length === 0) return `I could not look: ${watch.gaps.join('; ')}.`;
  const { fresh, known } = parts(watch);
  const decided = fresh.filter(({ word }) => word?.isDecision === true).length;
  const left = watch.left.length === 0 ? '' : `, ${watch.left.length} left for the next run`;
  return `${changedText(watch)} ${watch.cases.length} packages have findings: ${known.length} decided earlier, ${decided} decided now, ${fresh.length - decided} without a decision${left}.`;
}

export function resultOf(watch: Watch, report: string | null): Record<string, unknown> {
  const { fresh, known } = parts(watch);
  return {
    summary: summaryOf(watch),
    changed: changesOf(watch).length,
    findings: watch.cases.length + watch.left.length,
    decided: fresh.flatMap(({ name, word }) =>
      word?.isDecision === true ? [{ package: name, decision: word.decision, by: word.by }] : [],
    ),
    remembered: known.length,
    left: watch.left.map(({ name }) => name),
    report,
  };
}

/** The report: what changed, what is new and what became of it, and what is known already. */
export function reportOf(watch: Watch): string {
  const { fresh, known } = parts(watch);
  return [
    '# Dependencies',
    summaryOf(watch),
    ...section('What changed', ['package', 'change', 'before', 'now'], changesOf(watch).map(changeRow)),
    ...section(
      'New findings',
      ['package', 'versions', 'findings', 'risk', 'what became of it'],
      fresh.map(freshRow),
    ),
    ...section(
      'Decisions in force',
      ['package', 'findings', 'decision', 'by', 'when', 'decided in'],
      known.map(knownRow),
    ),
    ...(watch.left.length === 0
      ? []
      : ['## Left for the next run', watch.left.map(({ name }) => cell(name)).join(', ')]),
    ...(watch.gaps.length === 0
      ? []
      : ['## What could not be seen', ...watch.gaps.map((gap) => `- ${cell(gap)}`)]),
    `_${SIGNATURE}_`,
  ]
    .join('\n\n')
    .concat('\n');
}

function parts({ cases }: Watch): { fresh: Case[]; known: Case[] } {
  return {
    fresh: cases.filter(({ remembered }) => remembered === undefined),
    known: cases.filter(({ remembered }) => remembered !== undefined),
  };
}

type Listed = Watch['lists'][number]['packages'][number];

function changesOf({ lists }: Watch): Listed[] {
  return lists.flatMap(({ first, packages }) => (first ? [] : packages));
}

function changedText(watch: Watch): string {
  const [list] = watch.lists;
  if (list?.first === true) return `This is the first look, at ${list.total} packages.`;
  const changes = changesOf(watch).length;
  return changes === 0
    ? 'No package has changed since the last time.'
    : `${changes} packages have changed since the last time.`;
}

function changeRow({ name, change, before, versions, altered }: Listed): string[] {
  const what = [change ?? 'changed', ...altered].join(', ');
  return [name, what, before.join(', '), versions.join(', ')];
}

function freshRow({ name, versions, findings, advice, word }: Case): string[] {
  const said = word === undefined ? 'not decided' : `${word.decision}, by ${word.by}: ${word.words}`;
  const what = [...new Set(findings.map(({ message }) => message))].join('; ');
  return [name, versions.join(', '), what, advice?.risk ?? 'not looked at', said];
}

function knownRow({ name, keys, remembered }: Case): string[] {
  const { decision = '', by = '', at = '', agent = '' } = remembered ?? {};
  return [name, keys.join('; '), decision, by, at, agent];
}

/** Nothing, if it has no rows. */
function section(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MAX_ROWS);
  const more = rows.length > shown.length ? [`and ${rows.length - shown.length} more`] : [];
  const lines = [columns, columns.map(() => '---'), ...shown.map((row) => row.map(cell))];
  return [`## ${title}`, lines.map((row) => `| ${row.join(' | ')} |`).join('\n'), ...more];
}

/** What strangers wrote can't end a cell, a line or a table, nor be a link or a tag. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|<>`[\]]/g, (sign) => `\\${sign}`);
}
