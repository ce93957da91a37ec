import type { AgentState, ContextEntry } from '../contracts/state.ts';
import { CHARS_PER_TOKEN, MAX_CONTEXT_CHARS, MAX_DIGEST_LINE_CHARS, MAX_DIGEST_LINES } from './bounds.ts';
import { addedSince, replaceContext } from './context.ts';
import { beginning } from './text.ts';

/** Share of the model's window that the context may fill before it is condensed; the rest is for reply and tools. */
const FILL = 0.7;
/** Share of the limit that the latest turns may keep, word for word. */
const KEEP = 0.3;
/** What is left of a result that is too long for the turns that are kept. */
const PREVIEW_CHARS = 1_000;
/** With less the model could not even see what kind of result it was. */
const MIN_PREVIEW_CHARS = 200;
const CUT_NOTE = ' …[cut to save room; call the tool again if you need the rest]';

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
  const kept = shorten(
    history.filter(({ turn }) => turn >= from),
    limit * KEEP,
  );
  const digest = [...state.digest, ...dropped.flatMap(digestLine)].slice(-MAX_DIGEST_LINES);
  const summary: ContextEntry = {
    turn: state.turn,
    at: state.since,
    message: { role: 'user', text: summaryText(fit(digest, limit * KEEP), fit(state.notes, limit * KEEP)) },
  };
  const condensed = replaceContext({ ...state, digest, compactedTurn: state.turn }, [
    ...[system, goal, summary],
    ...kept,
  ]);
  // A short context may have nothing to leave out; then it stays as it is, and once a turn is enough to find out.
  return condensed.contextSize < state.contextSize ? condensed : { ...state, compactedTurn: state.turn };
}

const SUMMARY_HEAD = 'Earlier turns were condensed to save room.';

/** What came to the context in an event, also in one that condensed it: then it is what was read afterwards. */
export function newSince(before: AgentState, after: AgentState): ContextEntry[] {
  const added = addedSince(before, after);
  if (added) return added;
  const known = new Set(before.context);
  return after.context.filter((entry) => !known.has(entry) && isTold(entry));
}

/** Whether it was told to the agent, rather than made out of turns that were condensed. */
export function isTold({ message }: ContextEntry): boolean {
  return message.role === 'user' && !isSummary(message);
}

function isSummary(message: ContextEntry['message']): boolean {
  return message.role === 'user' && message.text.startsWith(SUMMARY_HEAD);
}

function summaryText(digest: readonly string[], notes: readonly string[]): string {
  const lines = digest.length > 0 ? digest : ['(nothing)'];
  const noted = notes.length > 0 ? ['', 'Your notes:', ...notes.map((note) => `- ${note}`)] : [];
  return [SUMMARY_HEAD, 'What happened, oldest first:', ...lines, ...noted].join('\n');
}

/** The oldest turn that still fits. What the model has not answered yet always stays, and a turn is never split. */
function firstKeptTurn(history: readonly ContextEntry[], room: number): number {
  const latest = history.findLast(({ message }) => message.role === 'assistant') ?? history.at(-1);
  const turns = [...new Set(history.map(({ turn }) => turn))].sort((left, right) => right - left);
  let first = latest?.turn ?? 0;
  for (const turn of turns.filter((earlier) => earlier < first)) {
    if (sizeOf(history.filter((entry) => entry.turn >= turn)) > room) break;
    first = turn;
  }
  return first;
}

function sizeOf(entries: readonly ContextEntry[]): number {
  return entries.reduce((size, entry) => size + JSON.stringify(entry).length, 0);
}

/** Results of a single turn may be more than there is room for; then each is cut to a preview. */
function shorten(entries: readonly ContextEntry[], room: number): readonly ContextEntry[] {
  if (sizeOf(entries) <= room) return entries;
  const results = entries.filter(({ message }) => message.role === 'tool').length;
  const preview = Math.max(MIN_PREVIEW_CHARS, Math.min(PREVIEW_CHARS, Math.floor(room / results)));
  return entries.map((entry) => {
    const { message } = entry;
    if (message.role !== 'tool' || message.text.length <= preview + CUT_NOTE.length) return entry;
    return { ...entry, message: { ...message, text: beginning(message.text, preview) + CUT_NOTE } };
  });
}

function digestLine({ turn, message, by }: ContextEntry): string[] {
  const line = (text: string): string =>
    beginning(`turn ${turn}: ${text}`.replace(/\s+/g, ' '), MAX_DIGEST_LINE_CHARS);
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
