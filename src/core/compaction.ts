import type { AgentState, ContextEntry } from '../contracts/state.ts';
import { CHARS_PER_TOKEN, MAX_CONTEXT_CHARS, MAX_DIGEST_LINE_CHARS, MAX_DIGEST_LINES } from './bounds.ts';
import { replaceContext } from './context.ts';

/** Share of the model's window that the context may fill before it is condensed; the rest is for reply and tools. */
const FILL = 0.7;
/** Share of the limit that the latest turns may keep, word for word. */
const KEEP = 0.3;
/** What is left of a result that is too long for the turns that are kept. */
const PREVIEW_CHARS = 1_000;

export function contextLimit(state: AgentState): number {
  const window = state.definition?.contextWindow ?? 0;
  return Math.min(MAX_CONTEXT_CHARS, Math.floor(window * CHARS_PER_TOKEN * FILL));
}

/** Whether the context must be condensed before the model is asked again. */
export function isOverfull(state: AgentState): boolean {
  if (state.phase !== 'thinking' || state.outcome || state.compactedTurn === state.turn) return false;
  return state.contextSize > contextLimit(state);
}

/**
 * Condenses the context, always in the same way: instructions and goal stay, the latest turns stay word for word,
 * and what lies between becomes a digest of one line for each call and message. Notes are repeated in full.
 * Open approvals belong to the turn in progress and so are never condensed.
 */
export function compact(state: AgentState): AgentState {
  // A server may call the context too long although it is within the limit; then it must shrink all the same.
  const limit = Math.min(contextLimit(state), state.contextSize);
  const [system, goal, ...rest] = state.context;
  if (!system || !goal) return state;
  const history = rest.filter(({ message }) => !isSummary(message));
  const from = firstKeptTurn(history, limit * KEEP);
  const dropped = history.filter(({ turn }) => turn < from);
  const kept = history
    .filter(({ turn }) => turn >= from)
    .map((entry) => shorten(entry, limit * KEEP, history));
  const digest = [...state.digest, ...dropped.flatMap(digestLine)].slice(-MAX_DIGEST_LINES);
  const summary: ContextEntry = {
    turn: state.turn,
    at: state.since,
    message: { role: 'user', text: summaryText(fit(digest, limit * KEEP), fit(state.notes, limit * KEEP)) },
  };
  return replaceContext({ ...state, digest, compactedTurn: state.turn }, [system, goal, summary, ...kept]);
}

const SUMMARY_HEAD = 'Earlier turns were condensed to save room.';

function isSummary(message: ContextEntry['message']): boolean {
  return message.role === 'user' && message.text.startsWith(SUMMARY_HEAD);
}

function summaryText(digest: readonly string[], notes: readonly string[]): string {
  const lines = digest.length > 0 ? digest : ['(nothing)'];
  const noted = notes.length > 0 ? ['', 'Your notes:', ...notes.map((note) => `- ${note}`)] : [];
  return [SUMMARY_HEAD, 'What happened, oldest first:', ...lines, ...noted].join('\n');
}

/** The oldest turn that still fits; the last one is always kept, so that a call is never parted from its result. */
function firstKeptTurn(history: readonly ContextEntry[], room: number): number {
  let turn = history.at(-1)?.turn ?? 0;
  let size = 0;
  for (const entry of history.toReversed()) {
    size += JSON.stringify(entry).length;
    if (size > room) break;
    turn = Math.min(turn, entry.turn);
  }
  // The loop may have stopped inside a turn; whatever is of a kept turn stays whole.
  return turn;
}

/** Results of a single turn may be more than there is room for; then each is cut to a preview. */
function shorten(entry: ContextEntry, room: number, history: readonly ContextEntry[]): ContextEntry {
  const { message, turn } = entry;
  if (message.role !== 'tool' || message.text.length <= PREVIEW_CHARS) return entry;
  const size = history
    .filter((other) => other.turn >= turn)
    .reduce((sum, other) => sum + JSON.stringify(other).length, 0);
  if (size <= room) return entry;
  const text = `${message.text.slice(0, PREVIEW_CHARS)} …[cut to save room; call the tool again if you need the rest]`;
  return { ...entry, message: { ...message, text } };
}

function digestLine({ turn, message, by }: ContextEntry): string[] {
  const line = (text: string): string =>
    `turn ${turn}: ${text}`.replace(/\s+/g, ' ').slice(0, MAX_DIGEST_LINE_CHARS);
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return [line(`${by ?? 'notice'}: ${message.text}`)];
    case 'assistant': {
      const calls = message.calls.map(
        ({ name, args }) => `${name} ${args.type === 'parsed' ? JSON.stringify(args.value) : ''}`,
      );
      return [line([message.text, ...calls].filter((part) => part !== '').join(' | '))];
    }
    case 'tool':
      return [line(`${message.name} -> ${message.text}`)];
  }
}

/** The newest lines that fit into the room. */
function fit(lines: readonly string[], room: number): string[] {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    size += line.length + 1;
    if (size > room) break;
    kept.unshift(line);
  }
  return kept;
}
