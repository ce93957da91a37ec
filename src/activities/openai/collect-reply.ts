import * as z from 'zod';
import type { PartialReply } from '../ports.ts';
import { WireCompletion } from './completion-wire.ts';
import { DraftReply } from './draft-reply.ts';
import { classifyEmbeddedError } from './failure-classification.ts';
import { ModelFault } from './model-fault.ts';
import { readBytes, readText } from './response-body.ts';
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.ts';

/** A streamed piece of a few letters comes in a few hundred bytes, so a stream is much larger than the reply that it carries. */
const MAX_STREAM_BYTES = 256 * 1024 * 1024;
/** Room for the largest reply with every character escaped. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const QUOTED_CHARACTERS = 200;

export interface Watcher {
  readonly onBytes: () => void;
  readonly onPartial: (soFar: PartialReply) => void;
  /** The reply is whole; what may still come is the usage. */
  readonly onFinished: () => void;
}

/**
 * Reads a reply in whichever form it comes: an event stream, or one JSON document, which some servers send even when a stream
 * was asked for. A reply that is not there to its end is a failure, never a short reply.
 */
export async function collectReply(response: Response, watcher: Watcher): Promise<DraftReply> {
  const contentType = response.headers.get('content-type') ?? '';
  if (/event-stream|ndjson|jsonl/i.test(contentType)) {
    const pieces = readBytes(response, { maxBytes: MAX_STREAM_BYTES, onBytes: watcher.onBytes });
    return collectStream(pieces, watcher);
  }
  if (contentType !== '' && !/json/i.test(contentType)) {
    throw new ModelFault('ModelProtocol', `answered with ${contentType} instead of a chat completion`);
  }
  const text = await readText(response, { maxBytes: MAX_DOCUMENT_BYTES, onBytes: watcher.onBytes });
  // Some servers send a stream and call it JSON, or call it nothing.
  return /^\s*(data|event|:)/.test(text)
    ? collectStream(onePiece(text), watcher)
    : collectDocument(text, watcher);
}

function collectDocument(text: string, watcher: Watcher): DraftReply {
  const draft = new DraftReply();
  draft.add(parseCompletion(text));
  if (!draft.started) throw noChoices();
  watcher.onPartial(draft.progress());
  return draft;
}

async function collectStream(pieces: AsyncIterable<Uint8Array>, watcher: Watcher): Promise<DraftReply> {
  const draft = new DraftReply();
  let done = false;
  try {
    for await (const event of readServerSentEvents(pieces)) {
      done = event.data.trimStart().startsWith('[DONE]');
      if (done) break;
      addEvent(draft, event, watcher);
    }
  } catch (error) {
    // When the reply was whole already, only the count of its tokens was lost with the connection.
    const whole = draft.finishReason !== '' && !draft.wentOn;
    if (error instanceof ModelFault || !whole) throw error;
  }
  if (!done && draft.finishReason === '') {
    throw new ModelFault('ModelUnavailable', 'the connection ended in the middle of the reply');
  }
  if (!draft.started) throw noChoices();
  return draft;
}

function addEvent(draft: DraftReply, event: ServerSentEvent, watcher: Watcher): void {
  if (isSignOfLife(event)) return;
  // A connection that is cut in the middle of an event leaves a piece of JSON: nobody's mistake, and nothing to add.
  if (event.unterminated && !isJson(event.data)) return;
  if (event.name === 'error') throw classifyEmbeddedError(errorIn(event.data));
  const sizeBefore = draft.size;
  draft.add(parseCompletion(event.data, isOwn(event)));
  if (draft.size > sizeBefore) watcher.onPartial(draft.progress());
  if (draft.finishReason !== '' && !draft.wentOn) watcher.onFinished();
}

/** Gateways keep a connection open with events that say nothing, or with events of a name of their own. */
function isSignOfLife(event: ServerSentEvent): boolean {
  return event.data.trim() === '' || (isOwn(event) && !isJson(event.data));
}

/** Whether an event is none of those that the protocol knows: what it says of itself is no error of the reply. */
function isOwn({ name }: ServerSentEvent): boolean {
  return name !== '' && name !== 'message' && name !== 'error';
}

function parseCompletion(text: string, isOwnEvent = false): WireCompletion {
  const quoted = text.slice(0, QUOTED_CHARACTERS);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ModelFault('ModelProtocol', `answered something that is not JSON: ${quoted}`);
  }
  const parsed = WireCompletion.safeParse(value);
  if (!parsed.success) throw new ModelFault('ModelProtocol', `answered something unexpected: ${quoted}`);
  const error = parsed.data.error ?? parsed.data.choices?.find((choice) => choice.error)?.error;
  if (error) throw classifyEmbeddedError(error);
  // A piece of a reply comes by here for every few letters: whatever has choices is not looked at once more.
  if (!isOwnEvent && !parsed.data.choices && isBareError(value)) throw classifyEmbeddedError(value);
  return parsed.data;
}

/** Of a completion without choices. */
const BareError = z
  .object({
    object: z.unknown(),
    error_code: z.unknown(),
    message: z.unknown(),
    detail: z.unknown(),
  })
  .partial()
  .refine(
    ({ object, error_code: code, message, detail }) =>
      object === 'error' || Boolean(code) || typeof message === 'string' || typeof detail === 'string',
  );

/** An error without the envelope that tells it from a completion. An object that says nothing is a sign of life. */
function isBareError(value: unknown): boolean {
  return BareError.safeParse(value).success;
}

function errorIn(data: string): unknown {
  if (!isJson(data)) return data;
  const value: unknown = JSON.parse(data);
  const nested = typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined;
  return nested ?? value;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function noChoices(): ModelFault {
  return new ModelFault('ModelProtocol', 'answered without a choice, so there is no reply in it');
}

async function* onePiece(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}
