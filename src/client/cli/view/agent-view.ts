import type { StatusDocument } from '../../../contracts/status.ts';
import type { Colors } from '../output.ts';
import { interruptionLines } from './why-view.ts';
import { grantText, person } from './people-view.ts';
import { clean, indent, oneLine } from './text.ts';
import { clock, since, until } from './time.ts';
import { valueLine } from './values.ts';

/** Notes and calls beyond these are counted, not shown: `--json` has them all. */
const MAX_LINES = 10;

/** A row of text fits a line of 100 columns beside its name. */
const MAX_ROW_CHARS = 84;

/** One line for what an agent does now; the answer to every message sent to it. */
export function statusLine(status: StatusDocument, now: number): string {
  const waits = status.interruptions.map(({ kind }) => kind);
  const wait = waits.length > 0 ? ` for ${[...new Set(waits)].join(', ')}` : '';
  return `${clean(status.agent)} is ${status.status}${wait} (for ${since(status.since, now)}, turn ${status.turn}, revision ${status.revision})`;
}

/** The status document for a person. */
export function agentView(status: StatusDocument, now: number, colors: Colors): string {
  const rows: [string, string][] = [
    ['definition', `${clean(status.definition.name)} (${status.definition.hash.slice(0, 8)})`],
    ['input', oneLine(status.input, MAX_ROW_CHARS)],
  ];
  if (status.fork)
    rows.push(['fork', `of ${clean(status.fork.agent)}@${status.fork.turn}, tools ${status.fork.tools}`]);
  if (status.parent !== undefined) rows.push(['below', clean(status.parent)]);
  if (status.requester !== undefined)
    rows.push(['requester', person({ by: status.requester, signedInAs: status.requesterSignedInAs })]);
  const labels = Object.entries(status.labels).map(([key, value]) => `${key}=${value}`);
  if (labels.length > 0) rows.push(['labels', oneLine(labels.join(' '), MAX_ROW_CHARS)]);
  rows.push(['used', usageText(status, now)]);
  const { messages, events } = status.queued;
  if (messages + events > 0) rows.push(['queued', `${messages} messages, ${events} events`]);
  if (status.paused) rows.push(['paused', pausedText(status.paused, now)]);
  rows.push(
    ...bounded((status.grants ?? []).map((grant) => grantText(grant, now))).map((text) => row('grant', text)),
  );
  for (const interruption of status.interruptions)
    rows.push(['waits for', interruptionLines(interruption, now).join('\n')]);
  rows.push(...bounded(status.calls.map((call) => callText(call, now))).map((text) => row('call', text)));
  rows.push(...bounded(status.notes).map((note) => row('note', oneLine(note, MAX_ROW_CHARS))));
  if (status.result !== undefined) rows.push(['result', resultText(status.result)]);
  if (status.failure)
    rows.push(['failure', `${clean(status.failure.type)}: ${oneLine(status.failure.message, 500)}`]);
  return [colors.bold(statusLine(status, now)), ...aligned(rows)].join('\n');
}

/** A result for a person: text as it is, anything else as JSON. */
export function resultText(result: unknown): string {
  if (typeof result === 'string') return clean(result);
  return clean(JSON.stringify(result, null, 2));
}

function usageText({ usage, budget }: StatusDocument, now: number): string {
  const tokens = usage.inputTokens + usage.outputTokens;
  return [
    `${usage.turns} of ${budget.turns} turns`,
    `${thousands(tokens)}${budget.tokens === undefined ? '' : ` of ${thousands(budget.tokens)}`} tokens`,
    `$${usage.usd.toFixed(2)}${budget.usd === undefined ? '' : ` of $${budget.usd.toFixed(2)}`}`,
    `until ${until(budget.deadline, now)}`,
  ].join(', ');
}

function pausedText(paused: NonNullable<StatusDocument['paused']>, now: number): string {
  const reason = paused.reason === undefined ? '' : `: ${oneLine(paused.reason, 200)}`;
  return `by ${person(paused)} at ${clock(paused.at, now)}${reason}`;
}

function callText(call: StatusDocument['calls'][number], now: number): string {
  const state = `${clean(call.status)} for ${since(call.since, now)}`;
  const tool = clean(call.tool);
  return `${tool} ${valueLine(call.args, MAX_ROW_CHARS - tool.length - state.length - 3)}, ${state}`;
}

function bounded(lines: readonly string[]): string[] {
  if (lines.length <= MAX_LINES) return [...lines];
  return [...lines.slice(0, MAX_LINES), `and ${lines.length - MAX_LINES} more`];
}

function row(name: string, text: string): [string, string] {
  return [name, text];
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text], index) => {
    const label = rows[index - 1]?.[0] === name ? '' : name;
    const [first = '', ...rest] = text.split('\n');
    const more = rest.length > 0 ? `\n${indent(rest.join('\n'), ' '.repeat(width + 4))}` : '';
    return `  ${label.padEnd(width)}  ${first}${more}`;
  });
}

function thousands(value: number): string {
  return value.toLocaleString('en-US');
}
