import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { ChatRequest } from './chat-request.ts';
import { completionDocument, type Completion } from './completion.ts';
import { TEXT_TO_CUT, type WireFault } from './fault-reply.ts';
import type { ModelReply } from './model-answer.ts';
import { sendError, sendJson } from './respond.ts';
import { streams, streamUntil, type Pace } from './send-completion.ts';

/** Where a fault is acted out. */
export interface Stage {
  readonly response: ServerResponse;
  readonly body: ChatRequest;
  readonly render: (reply: ModelReply) => Completion;
  readonly pace: Pace;
}

/** Acts out a fault of the connection or of HTTP itself. */
export async function actOut(fault: WireFault, stage: Stage): Promise<void> {
  const { response } = stage;
  switch (fault.fault) {
    case 'rate_limit': {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      sendError(response, 429, 'rate_limit_error', 'Rate limit reached: a scripted fault.', headers);
      return;
    }
    case 'status': {
      if (fault.body === undefined) {
        sendError(
          response,
          fault.status,
          'scripted_fault',
          `Status ${fault.status}: a scripted fault.`,
          fault.headers,
        );
      } else {
        sendJson(response, fault.status, fault.body, fault.headers);
      }
      return;
    }
    case 'hang':
      await fallSilent(stage, fault.afterChars);
      return;
    case 'cut_stream':
      await cut(stage, fault.reply ?? { text: TEXT_TO_CUT }, fault.afterChars);
      return;
    case 'wrong_content_type':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Welcome</title><p>This page is not a model.</p>');
  }
}

async function fallSilent(stage: Stage, afterChars: number | undefined): Promise<void> {
  const completion = stage.render({ text: TEXT_TO_CUT });
  if (afterChars !== undefined && streams(stage.body, completion)) {
    await streamUntil(stage.response, stage.body, completion, stage.pace, afterChars);
  }
  // Only the client, or the closing of the server, ends the wait.
  if (!stage.response.closed) await once(stage.response, 'close');
}

async function cut(stage: Stage, reply: ModelReply, afterChars: number): Promise<void> {
  const { response, body, pace } = stage;
  const completion = stage.render(reply);
  if (streams(body, completion)) {
    await streamUntil(response, body, completion, pace, afterChars);
  } else {
    const text = JSON.stringify(completionDocument(completion));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.write(text.slice(0, Math.min(afterChars, text.length - 1)));
  }
  // Destroying at once would drop what is still in the buffers; the client must first see the beginning.
  await new Promise<void>((resolve) =>
    response.write('', () => {
      resolve();
    }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  response.destroy();
}
