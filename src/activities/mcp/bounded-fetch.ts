import { AsyncLocalStorage } from 'node:async_hooks';
import type { Agent } from 'undici';
import { RateLimited } from '../../tools/define-tool.ts';
import { retryAfterMs } from '../openai/retry-after.ts';

/** It has to fit into memory several times; and the time that MCP's library takes for a message of a program grows with its square. */
export const MAX_MESSAGE_BYTES = 4_000_000;

/** Told when the answer to a request has ended, whole or cut off; one that is taken up again takes that back. */
export interface Hearing {
  readonly ended: (error?: Error) => void;
  readonly resumed: () => void;
}

/** The request that a fetch belongs to: the SDK hands on no more than its body, and tells nobody of an answer that is cut off. */
export const hearing = new AsyncLocalStorage<Hearing>();

/** A tool may work for an hour before it says a word: the end of its step ends a call, not the silence of 5 minutes that Node's `fetch` takes for one. */
let patient: Agent | undefined;

/** Loaded late: every worker would pay for it with megabytes. */
async function patience(): Promise<Agent> {
  const { Agent: Patient } = await import('undici');
  patient ??= new Patient({ headersTimeout: 0, bodyTimeout: 0 });
  return patient;
}

/** The server sent more than fits. */
export class TooLarge extends Error {
  constructor() {
    super(`it sent more than ${MAX_MESSAGE_BYTES} bytes`);
  }
}

/**
 * `fetch` for a server that is not trusted: it bounds what an answer may bring, notices its end, and opens no stream for what the
 * server might want to say unasked.
 */
export async function boundedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const isUnasked = init?.method === 'GET' && !new Headers(init.headers).has('last-event-id');
  if (isUnasked) return new Response(null, { status: 405 });
  const heard = hearing.getStore();
  heard?.resumed();
  // The types of Node's own copy of undici are others than those of the package.
  const options: object = { ...init, dispatcher: await patience() };
  const response = await fetch(url, options);
  if (response.status === 429) {
    await response.body?.cancel();
    const waitMs = retryAfterMs(response.headers, Date.now()) ?? Number.NaN;
    throw new RateLimited(waitMs, 'the server wants no more calls for now');
  }
  if (response.body === null) return response;
  const bounded = new Response(counted(response.body.getReader(), heard), response);
  // A copy has no address of its own, by which the SDK tells where a redirect came from.
  return Object.defineProperty(bounded, 'url', { value: response.url });
}

function counted(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  heard: Hearing | undefined,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        bytes += value?.byteLength ?? 0;
        if (bytes > MAX_MESSAGE_BYTES) throw new TooLarge();
        if (!done) {
          controller.enqueue(value);
          return;
        }
        controller.close();
        heard?.ended();
      } catch (error) {
        controller.error(error);
        heard?.ended(error instanceof TooLarge ? error : undefined);
        await reader.cancel().catch(() => undefined);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
