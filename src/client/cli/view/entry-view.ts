import { CallOutcome } from '../../../contracts/state.ts';
import type { ContextEntry } from '../../../contracts/state.ts';
import type { RequestedCall } from '../../../contracts/model.ts';
import type { Colors } from '../output.ts';
import { unverified } from './people-view.ts';
import { clean, indent, oneLine } from './text.ts';
import { LINE_COLUMNS, valueLine } from './values.ts';

/** A call or a result shows how it begins; a name longer than most still leaves room for that. */
const MIN_VALUE_COLUMNS = 40;

/** One thing that was said or done, as a person reads it. */
export function entryText({ turn, by, signedInAs, message }: ContextEntry, colors: Colors): string {
  const place = `[${turn}]`;
  const mark = colors.dim(place);
  switch (message.role) {
    case 'system':
      return `${mark} ${colors.dim(`instructions: ${oneLine(message.text, left(place, 'instructions:'))}`)}`;
    case 'user': {
      const who = oneLine(by ?? 'requester', 60);
      const isUnverified = signedInAs === undefined && isMessage(message.text, by);
      return `${mark} ${colors.cyan(`${isUnverified ? unverified(who) : who}:`)} ${body(withoutSender(message.text, by))}`;
    }
    case 'assistant': {
      const said =
        message.text.trim() === '' ? [] : [`${mark} ${colors.green('agent:')} ${body(message.text)}`];
      return [...said, ...message.calls.map((call) => `${mark} ${callText(call, place, colors)}`)].join('\n');
    }
    case 'tool':
      return `${mark}   ${outcomeView(`${place}   `, clean(message.name), message.text, colors)}`;
  }
}

/** What came of a call: the result as it begins, or the error in words. Text of another shape is shown as it is. */
function outcomeView(before: string, name: string, text: string, colors: Colors): string {
  const outcome = CallOutcome.safeParse(readJson(text));
  const width = left(before, '✓', name);
  if (!outcome.success) return colors.dim(`  ${name} ${oneLine(text, width)}`);
  if (outcome.data.ok) return colors.dim(`✓ ${name} ${valueLine(outcome.data.result, width)}`);
  const { type, message } = outcome.data.error;
  const kind = oneLine(type);
  return `${colors.red(`✗ ${name} ${kind}:`)} ${colors.dim(oneLine(message, width - kind.length - 2))}`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A call as it begins, after what is in its line before it. */
export function callText({ name, args }: RequestedCall, before: string, colors: Colors): string {
  const tool = clean(name);
  const width = left(before, '→', tool);
  const given =
    args.type === 'parsed'
      ? valueLine(args.value, width)
      : oneLine(`malformed arguments: ${args.reason}`, width);
  return `${colors.yellow(`→ ${tool}`)} ${given}`;
}

/** Columns that are left after these words. */
function left(...words: readonly string[]): number {
  return Math.max(MIN_VALUE_COLUMNS, LINE_COLUMNS - words.join(' ').length - 1);
}

/** The model is told in the text who speaks; a person sees it in front. */
function withoutSender(text: string, by: string | undefined): string {
  return isMessage(text, by) ? text.slice(senderOf(by).length) : text;
}

/** The goal is none: who asked for it is shown with the agent. */
function isMessage(text: string, by: string | undefined): by is string {
  return by !== undefined && text.startsWith(senderOf(by));
}

function senderOf(by: string): string {
  return `Message from ${by}:`;
}

function body(text: string): string {
  return indent(clean(text.trim()), '    ').trimStart();
}
