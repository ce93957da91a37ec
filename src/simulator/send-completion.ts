import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatRequest } from './chat-request.ts';
import { completionChunks, completionDocument, type Completion } from './completion.ts';
import { sendJson } from './respond.ts';

/** How fast a stream goes, and what ends it early. */
export interface Pace {
  readonly delayMs: number;
  readonly signal: AbortSignal;
}

/** Whether the reply to this request goes out as a stream. */
export function streams(body: ChatRequest, completion: Completion): boolean {
  return body.stream === true && completion.quirks.noStreaming !== true;
}

/** Sends a whole reply, as a stream if the request asks for one. */
export async function sendCompletion(
  response: ServerResponse,
  body: ChatRequest,
  completion: Completion,
  pace: Pace,
): Promise<void> {
  if (!streams(body, completion)) {
    sendJson(response, 200, completionDocument(completion));
    return;
  }
  const whole = await streamUntil(response, body, completion, pace, Infinity);
  if (whole) response.end('data: [DONE]\n\n');
}

/**
 * Streams chunks until about `chars` characters of the reply are out. Resolves to whether everything was sent;
 * it was not if the client went away.
 */
export async function streamUntil(
  response: ServerResponse,
  body: ChatRequest,
  completion: Completion,
  pace: Pace,
  chars: number,
): Promise<boolean> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  let sent = 0;
  for (const chunk of completionChunks(completion, body.stream_options?.include_usage === true)) {
    if (sent >= chars) return false;
    if (pace.delayMs > 0) await sleep(pace.delayMs);
    if (pace.signal.aborted) return false;
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    sent += repliedChars(chunk);
  }
  return true;
}

/** How much of the reply one chunk carries; its frame does not count. */
function repliedChars(chunk: Record<string, unknown>): number {
  const text = JSON.stringify(chunk['choices']);
  return [...text.matchAll(/"(?:content|reasoning_content|arguments)":"((?:[^"\\]|\\.)*)"/g)]
    .map((match) => (match[1] ?? '').length)
    .reduce((sum, length) => sum + length, 0);
}
