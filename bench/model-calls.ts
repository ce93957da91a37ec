/** What the stub model asks for in each turn: the first part of the model's name says which. */
export const modelCalls = {
  /** A reply that carries 1 KB. */
  write: (turn: number) => ['write_file', { path: `written/${turn}.txt`, content: filler }],
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
