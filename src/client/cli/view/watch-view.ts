import type { Transition } from '../../../contracts/state.ts';
import { approvalText } from '../approvals.ts';
import type { Colors } from '../output.ts';
import { isQuiet, type WatchEvent } from '../watch-progress.ts';
import { callText, entryText } from './entry-view.ts';
import { itemWords } from './item-words.ts';
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
      const goesOn = before.said === '' ? '' : '…';
      return `${newLine}${colors.dim(`[${event.turn}]`)} ${colors.green('agent:')} ${goesOn}${text}`;
    }
    case 'entry':
      return entryLines(event, colors);
    case 'item': {
      if (isQuiet(event.item)) return '';
      const { sign, words, after, tone } = itemWords(event.item);
      const text = `${sign} ${oneLine(words, 200)}${after === '' ? '' : ` (${oneLine(after)})`}`;
      const place = colors.dim(`[${event.item.turn}]`);
      return `${newLine}${place} ${tone === 'bad' ? colors.red(text) : colors.dim(text)}\n`;
    }
    case 'transition':
      if (isQuiet(event.item)) return '';
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
  const rest = message.role === 'assistant' ? unsaid(message.text, before.said) : undefined;
  if (message.role === 'assistant' && rest !== undefined) {
    const place = `[${turn}]`;
    const calls = message.calls.map((call) => `${colors.dim(place)} ${callText(call, place, colors)}\n`);
    if (before.lineOpen) return `${continued(rest).trimEnd()}\n${calls.join('')}`;
    // Something else came in between, such as a message: only what was not said before it follows.
    const said =
      rest.trim() === '' ? '' : `${colors.dim(place)} ${colors.green('agent:')} …${continued(rest).trim()}\n`;
    return `${said}${calls.join('')}`;
  }
  const text = entryText(entry, colors);
  return text === '' ? newLine : `${newLine}${text}\n`;
}

/**
 * What a reply has beyond the words that were shown as they came; undefined when those were others, or none. A watcher
 * who came late, or a long reply, has seen its end only.
 */
function unsaid(reply: string, said: string): string | undefined {
  if (said === '') return undefined;
  const at = reply.startsWith(said) ? 0 : reply.lastIndexOf(said);
  return at < 0 ? undefined : reply.slice(at + said.length);
}

function continued(text: string): string {
  return clean(text).replaceAll('\n', '\n    ');
}

function transitionLine({ from, to, cause, actor }: Transition, colors: Colors): string {
  const change = from === to ? to : `${from} → ${to}`;
  // What the agent did itself is in the lines around; who else did what is not.
  const why =
    actor === 'agent' && /^[a-z-]+$/.test(cause) && from !== to
      ? ''
      : ` (${oneLine(cause, 120)}, ${oneLine(actor, 60)})`;
  return colors.dim(`· ${change}${why}`);
}
