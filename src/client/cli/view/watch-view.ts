import type { Transition } from '../../../contracts/state.ts';
import { approvalText } from '../approvals.ts';
import type { Colors } from '../output.ts';
import { isRoutine, type WatchEvent } from '../watch-progress.ts';
import { callText, entryText } from './entry-view.ts';
import { clean, indent, oneLine } from './text.ts';

interface Viewer {
  readonly now: number;
  readonly colors: Colors;
  readonly flags: readonly string[];
}

/** A watch event as text, with its line breaks: words of the model go on where they stopped. */
export function renderWatchEvent(event: WatchEvent, { now, colors, flags }: Viewer): string {
  const { before } = event;
  const newLine = before.lineOpen ? '\n' : '';
  switch (event.type) {
    case 'words': {
      const text = continued(event.text);
      if (before.lineOpen && before.said !== '') return text;
      return `${newLine}${colors.dim(`[${event.turn}]`)} ${colors.green('agent:')} ${text}`;
    }
    case 'entry':
      return entryLines(event, colors);
    case 'transition':
      if (isRoutine(event.transition)) return '';
      return `${newLine}${transitionLine(event.transition, colors)}\n`;
    case 'approval':
      return `${newLine}${colors.magenta('?')} ${indent(approvalText(event, now, flags), '  ').trimStart()}\n`;
    case 'retry': {
      const { type, attempt, lastFailure } = event.activity;
      const reason = lastFailure ? `: ${oneLine(lastFailure.message, 200)}` : '';
      return `${newLine}${colors.red(`! ${clean(type)} is tried again (attempt ${attempt})${reason}`)}\n`;
    }
  }
}

/** A reply whose words were shown as they came is only finished; anything else is shown whole. */
function entryLines({ entry, before }: Extract<WatchEvent, { type: 'entry' }>, colors: Colors): string {
  const { message, turn } = entry;
  const newLine = before.lineOpen ? '\n' : '';
  // Instructions are the same for all agents of a definition; the transcript has them.
  if (message.role === 'system') return newLine;
  if (
    message.role === 'assistant' &&
    before.lineOpen &&
    before.said !== '' &&
    message.text.startsWith(before.said)
  ) {
    const calls = message.calls.map((call) => `${colors.dim(`[${turn}]`)} ${callText(call, colors)}\n`);
    return `${continued(message.text.slice(before.said.length)).trimEnd()}\n${calls.join('')}`;
  }
  const text = entryText(entry, colors);
  return text === '' ? newLine : `${newLine}${text}\n`;
}

function continued(text: string): string {
  return clean(text).replaceAll('\n', '\n    ');
}

function transitionLine({ from, to, cause, actor }: Transition, colors: Colors): string {
  const change = from === to ? to : `${from} → ${to}`;
  return colors.dim(`· ${change} (${oneLine(cause, 120)}, ${oneLine(actor, 60)})`);
}
