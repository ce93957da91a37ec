import { CallOutcome } from '../../../contracts/state.ts';
import type { ContextEntry } from '../../../contracts/state.ts';
import type { RequestedCall } from '../../../contracts/model.ts';
import type { Colors } from '../output.ts';
import { clean, compactJson, indent, oneLine } from './text.ts';

/** A tool's result is for the model; a person sees how it begins. */
const MAX_RESULT_CHARS = 120;

/** One thing that was said or done, as a person reads it. */
export function entryText({ turn, by, message }: ContextEntry, colors: Colors): string {
  const mark = colors.dim(`[${turn}]`);
  switch (message.role) {
    case 'system':
      return `${mark} ${colors.dim(`instructions: ${oneLine(message.text, MAX_RESULT_CHARS)}`)}`;
    case 'user':
      return `${mark} ${colors.cyan(`${oneLine(by ?? 'requester', 60)}:`)} ${body(message.text)}`;
    case 'assistant': {
      const said =
        message.text.trim() === '' ? [] : [`${mark} ${colors.green('agent:')} ${body(message.text)}`];
      return [...said, ...message.calls.map((call) => `${mark} ${callText(call, colors)}`)].join('\n');
    }
    case 'tool':
      return `${mark}   ${outcomeView(clean(message.name), message.text, colors)}`;
  }
}

/** What came of a call: the result as it begins, or the error in words. Text of another shape is shown as it is. */
function outcomeView(name: string, text: string, colors: Colors): string {
  const outcome = CallOutcome.safeParse(readJson(text));
  if (!outcome.success) return colors.dim(`  ${name}: ${oneLine(text, MAX_RESULT_CHARS)}`);
  if (outcome.data.ok) return colors.dim(`✓ ${name}: ${compactJson(outcome.data.result, MAX_RESULT_CHARS)}`);
  const { type, message } = outcome.data.error;
  return `${colors.red(`✗ ${name}: ${oneLine(type)}`)} ${colors.dim(oneLine(message, MAX_RESULT_CHARS))}`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function callText({ name, args }: RequestedCall, colors: Colors): string {
  const given =
    args.type === 'parsed' ? compactJson(args.value, 200) : `malformed arguments: ${oneLine(args.reason)}`;
  return `${colors.yellow(`→ ${clean(name)}`)} ${given}`;
}

function body(text: string): string {
  return indent(clean(text.trim()), '    ').trimStart();
}
