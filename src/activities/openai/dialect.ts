/** How one model wants to be asked, as far as servers differ. */
export interface Dialect {
  readonly stream: boolean;
  readonly streamOptions: boolean;
  /** The name of the parameter that limits the reply: newer models refuse the old one, older servers the new one. */
  readonly limit: 'max_completion_tokens' | 'max_tokens';
  /** The most that the model lets itself be asked for, as far as it said so. */
  readonly maxOutputTokens: number;
  /** What the context leaves for the reply to one request; another request leaves more or less, so it is not remembered. */
  readonly roomForOutput: number;
  /** What some reasoning models want to be told again of their thoughts with what they said before. */
  readonly thoughts: 'none' | 'reasoning_content' | 'thought_signature';
}

const standard: Dialect = {
  stream: true,
  streamOptions: true,
  limit: 'max_completion_tokens',
  maxOutputTokens: Number.MAX_SAFE_INTEGER,
  roomForOutput: Number.MAX_SAFE_INTEGER,
  thoughts: 'none',
};

/** Less is not even enough for a tool call: the context has to become shorter instead. */
const MIN_ROOM_FOR_OUTPUT = 256;
/** Definitions name few models; the bound is for whoever passes made-up names through. */
const MAX_REMEMBERED = 100;

/** What a process has learned about its server's models, so that a refusal costs one request and not one each turn. */
export class DialectMemory {
  readonly #dialects = new Map<string, Dialect>();

  of(model: string): Dialect {
    return this.#dialects.get(model) ?? standard;
  }

  remember(model: string, dialect: Dialect): void {
    if (dialect === standard) return;
    this.#dialects.set(model, { ...dialect, roomForOutput: standard.roomForOutput });
    const [oldest] = this.#dialects.keys();
    if (this.#dialects.size > MAX_REMEMBERED && oldest !== undefined) this.#dialects.delete(oldest);
  }
}

/**
 * The dialect to try next after a server refused the request with this message; undefined when it objects to something
 * that can't be put differently. Every step changes something for good, so that there are few of them.
 */
export function adapted(dialect: Dialect, refusal: string, asked: number): Dialect | undefined {
  const allowed = allowedOutput(refusal, Math.min(asked, dialect.maxOutputTokens, dialect.roomForOutput));
  if (allowed !== undefined) return { ...dialect, ...allowed };
  const [thoughts] =
    dialect.thoughts === 'none' ? (/reasoning_content|thought_signature/.exec(refusal) ?? []) : [];
  if (thoughts === 'reasoning_content' || thoughts === 'thought_signature') return { ...dialect, thoughts };
  if (dialect.streamOptions && /stream_options|include_usage/.test(refusal)) {
    return { ...dialect, streamOptions: false };
  }
  if (dialect.limit === 'max_completion_tokens' && refusal.includes('max_completion_tokens')) {
    return { ...dialect, limit: 'max_tokens' };
  }
  if (dialect.stream && /\bstream(ing)?\b/i.test(refusal)) return { ...dialect, stream: false };
  return undefined;
}

/**
 * A budget may allow more output than the model can give. Each pattern is one server's way to say how much that is:
 * either the number itself, or the context's size and what the input takes of it, or what both together would take.
 */
const allowances: readonly RegExp[] = [
  /supports at most (?<most>\d+) completion tokens/,
  /max_(?:completion_)?tokens: \d+ > (?<most>\d+)/,
  /max_(?:completion_)?tokens.*\(\d+ > (?<most>\d+) - (?<input>\d+)\)/,
  /maximum context length is (?<most>\d+) tokens.*\((?<input>\d+) in the messages, \d+ in the completion\)/,
  /maximum context length is (?<most>\d+) tokens.*contains (?:at least )?(?<input>\d+) input tokens/,
  /maximum context length is (?<most>\d+) tokens.*requested about (?<both>\d+) tokens .*?(?<output>\d+) in the output/,
  /maximum context length of (?<most>\d+) tokens\..*: (?<input>\d+) tokens from the input/,
  /passed (?<input>\d+) input tokens and requested .*context length is only (?<most>\d+)/,
  /max_(?:completion_)?tokens.*(?:less than or equal to|at most|must be <=) (?<most>\d+)/,
];

function allowedOutput(refusal: string, asked: number): Partial<Dialect> | undefined {
  for (const pattern of allowances) {
    const said = pattern.exec(refusal)?.groups;
    if (said === undefined) continue;
    const { most, both, output } = said;
    const input = both === undefined ? said['input'] : Number(both) - Number(output);
    const tokens = Number(most) - Number(input ?? 0);
    if (tokens >= asked || tokens < MIN_ROOM_FOR_OUTPUT) continue;
    return input === undefined ? { maxOutputTokens: tokens } : { roomForOutput: tokens };
  }
  return undefined;
}
