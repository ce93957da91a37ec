import { ModelFault } from './model-fault.ts';

/** The longest line of any known server holds a whole reply, which has a smaller bound of its own. */
const MAX_EVENT_CHARACTERS = 8 * 1024 * 1024;

export interface ServerSentEvent {
  readonly name: string;
  readonly data: string;
  /** Whether the blank line that ends an event was missing, so that the data may be cut off. */
  readonly unterminated: boolean;
}

/**
 * Reads an event stream: any line ending, comments, several data lines. It also takes what some servers write beside the
 * standard: JSON lines without `data:`, and `error:` as a field of its own.
 */
export async function* readServerSentEvents(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  let name = '';
  let data: string[] = [];
  const end = (unterminated: boolean): ServerSentEvent[] => {
    const event = { name, data: data.join('\n'), unterminated };
    const empty = data.length === 0;
    name = '';
    data = [];
    return empty ? [] : [event];
  };
  for await (const line of readLines(pieces)) {
    if (line === '') yield* end(false);
    else if (line.startsWith('{')) yield { name: '', data: line, unterminated: false };
    else {
      const { field, value } = fieldOf(line);
      if (field === 'data') data.push(value);
      if (field === 'event') name = value;
      if (field === 'error') yield { name: 'error', data: value, unterminated: false };
    }
  }
  yield* end(true);
}

function fieldOf(line: string): { field: string; value: string } {
  const colon = line.indexOf(':');
  if (colon < 0) return { field: line, value: '' };
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') };
}

async function* readLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    // A carriage return at the very end may be the first half of CRLF, so it stays until the next piece tells.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > MAX_EVENT_CHARACTERS) {
      throw new ModelFault('ModelProtocol', `a line of the stream is longer than ${MAX_EVENT_CHARACTERS}`);
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest.replace(/\r$/, '');
}
