import { once } from 'node:events';
import type { Request, Response } from 'express';

/** Proxies and browsers give up on a connection that is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** A reader that has not taken this much is gone or too slow; it comes back and is told the state as it is then. */
const MAX_UNREAD_BYTES = 1_000_000;
/** For a reader to take the rest of a stream that has ended. */
const LAST_WORDS_MS = 5_000;

/** One server-sent event. */
export interface StreamEvent {
  /** What a reader sends as Last-Event-ID when it comes back. */
  readonly id?: string;
  readonly event: string;
  readonly data: unknown;
}

/** Sends events until it is stopped or has no more, which it says by resolving. One with much to say at once waits until it was `taken`. */
export type EventSource = (
  send: (event: StreamEvent) => void,
  signal: AbortSignal,
  taken: () => Promise<void>,
) => Promise<void>;

/**
 * Answers with a stream of events. `mayGoOn` is asked with each heartbeat: a token may have been revoked meanwhile.
 * Resolves when the stream has ended, from whichever side, also while the source is still waiting for something: that may never come
 * any more, and the heartbeat would keep the process alive for it.
 */
export async function streamEvents(
  request: Request,
  response: Response,
  source: EventSource,
  { mayGoOn, stop }: { readonly mayGoOn: () => boolean; readonly stop: AbortSignal },
): Promise<void> {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, stop]);
  const end = (): void => {
    gone.abort();
  };
  request.on('close', end);
  response.on('close', end);
  response.status(200).setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  // Nothing else comes on this connection, and an idle one would keep the server from stopping.
  response.setHeader('Connection', 'close');
  // Proxies that collect an answer before they hand it on would hold every event back.
  response.setHeader('X-Accel-Buffering', 'no');
  response.flushHeaders();
  const write = (text: string): void => {
    if (signal.aborted) return;
    response.write(text);
    if (response.writableLength <= MAX_UNREAD_BYTES) return;
    end();
    response.destroy();
  };
  const taken = async (): Promise<void> => {
    if (response.writableNeedDrain && !signal.aborted)
      await once(response, 'drain', { signal }).catch(() => undefined);
  };
  const heartbeat = setInterval(() => {
    if (isGranted(mayGoOn)) write(': still here\n\n');
    else end();
  }, HEARTBEAT_MS);
  // Whoever left before this has told nobody.
  if (response.destroyed) end();
  write('retry: 2000\n\n');
  const ended = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const send = (event: StreamEvent): void => {
    write(eventText(event));
  };
  try {
    if (!signal.aborted) await Promise.race([source(send, signal, taken), ended]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    end();
    response.end();
    const cutOff = setTimeout(() => response.destroy(), LAST_WORDS_MS).unref();
    response.on('close', () => {
      clearTimeout(cutOff);
    });
  }
}

/** Where the tokens can't be read, nobody knows that it still is. */
function isGranted(mayGoOn: () => boolean): boolean {
  try {
    return mayGoOn();
  } catch {
    return false;
  }
}

/** JSON has no line breaks of its own, so that no text of a model can make an event. */
export function eventText({ id, event, data }: StreamEvent): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
