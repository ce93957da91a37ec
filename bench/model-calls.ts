/** What the stub model asks for in each turn: the first part of the model's name says which. */
export const modelCalls = {
  /** A reply that carries 1 KB. */
  write: (turn: number) => ['write_file', { path: `written/${turn}.txt`, content: filler }],
  /** A reply that carries 2 KB of words in an order of their own. */
  tell: (turn: number) => ['write_file', { path: `told/${turn}.txt`, content: words(2_048, turn) }],
  /** A reply that carries 2 KB of which nothing repeats itself. */
  noise: (turn: number) => ['write_file', { path: `told/${turn}.txt`, content: letters(2_048, turn) }],
  /** A result of 1 KB. */
  read: () => ['read_file', { path: files.kilobyte.path }],
  /** Next to nothing, so that the conversation hardly grows. */
  peek: () => ['read_file', { path: files.line.path }],
  /** What one of 100 calls adds to a conversation of 209k tokens, at 4 characters a token. */
  study: () => ['read_file', { path: files.chapter.path }],
  /** A tool that takes 2 s; see `tools/wait.ts`. */
  wait: () => ['wait', { ms: waitMs }],
  /** Until somebody reports it. */
  listen: () => ['wait_for_event', { name: 'go', timeout: '7d' }],
} satisfies Record<string, (turn: number) => [tool: string, args: Record<string, unknown>]>;

export type ModelCall = keyof typeof modelCalls;

export const waitMs = 2_000;

const sentence = 'The quick brown fox jumps over the lazy dog. ';
const text = (chars: number): string => sentence.repeat(Math.ceil(chars / sentence.length)).slice(0, chars);

const filler = text(1_024);

const VOCABULARY = 2_000;

/** Text as far as compressing goes: words of some length, the first of them far more often than the others. */
function words(chars: number, seed: number): string {
  const next = numbers(seed);
  let told = '';
  while (told.length < chars) {
    const word = Math.floor(VOCABULARY ** next()) - 1;
    told += `${letters(2 + (word % 9), word + 7)} `;
  }
  return told.slice(0, chars);
}

function letters(chars: number, seed: number): string {
  const next = numbers(seed);
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-';
  return Array.from({ length: chars }, () => alphabet[Math.floor(next() * alphabet.length)]).join('');
}

/** Between 0 and 1, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed + 0x6d2b79f5;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What is in the workspace before the first turn. */
export const files = {
  line: { path: 'line.txt', content: 'one line' },
  kilobyte: { path: 'note.txt', content: filler },
  chapter: { path: 'chapter.txt', content: text(8_360) },
};

/** `<call>.<turns>.<id>`: asks for that call so many times, then says that it is done. */
export function stubModelName(call: ModelCall, turns: number, id: string): string {
  return `${call}.${turns}.${id}`;
}
