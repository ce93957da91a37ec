import { ModelFault } from './model-fault.ts';

interface Reading {
  readonly maxBytes: number;
  /** Told of every piece that arrives, however little it says: the server is alive. */
  readonly onBytes?: () => void;
}

/** The pieces of a body as they arrive. A body over the bound is not a chat completion and fails `ModelProtocol`. */
export async function* readBytes(response: Response, reading: Reading): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  let size = 0;
  // The platform's type leaves the pieces open; a fetched body has no others.
  const pieces: AsyncIterable<Uint8Array> = response.body;
  for await (const bytes of pieces) {
    reading.onBytes?.();
    size += bytes.byteLength;
    if (size > reading.maxBytes) {
      throw new ModelFault('ModelProtocol', `the answer is larger than ${reading.maxBytes} bytes`);
    }
    yield bytes;
  }
}

export async function readText(response: Response, reading: Reading): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of readBytes(response, reading)) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}

/** The beginning of a body, and as much of it as came when the connection broke: enough to tell what an error is about. */
export async function readBeginning(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const bytes of readBytes(response, { maxBytes }))
      text += decoder.decode(bytes, { stream: true });
  } catch {
    // The status of the response is known already and says more than how its explanation ended.
  }
  return text;
}
