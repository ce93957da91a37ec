import type { ChatRequest } from './chat-request.ts';
import type { ModelReply, Quirks } from './model-answer.ts';

/** Text travels in pieces of this many characters: a few words, so that a reader sees them come. */
const TEXT_CHUNK_CHARS = 24;
/** Nobody reads arguments as they come, so they need fewer pieces. */
const ARGUMENT_CHUNK_CHARS = 160;
/** A reply that would need more pieces than this gets larger ones: a huge one should not take minutes to send. */
const MAX_CHUNKS = 400;
/** A usual rule of thumb for English text. */
const CHARS_PER_TOKEN = 4;

type Json = Record<string, unknown>;

/** Everything that the renderings of one reply share. */
export interface Completion {
  readonly head: Json;
  readonly reply: ModelReply;
  readonly quirks: Quirks;
  readonly usage: Json | undefined;
  readonly finishReason: string | null;
  readonly calls: readonly { id: string; name: string; arguments: string }[];
}

/** Prepares a reply for either rendering; `number` makes its ids unique within the server. */
export function completionOf(
  request: ChatRequest,
  reply: ModelReply,
  quirks: Quirks,
  number: number,
): Completion {
  const calls = (reply.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${number}_${index}`,
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {}),
  }));
  const usual = calls.length > 0 ? 'tool_calls' : 'stop';
  return {
    head: { id: `chatcmpl-${number}`, created: Math.floor(Date.now() / 1000), model: request.model },
    reply,
    quirks,
    usage: quirks.noUsage === true ? undefined : usageOf(request, reply),
    finishReason: quirks.finishReason === undefined ? (reply.finishReason ?? usual) : quirks.finishReason,
    calls,
  };
}

/** The whole reply as one JSON document. */
export function completionDocument(completion: Completion): Json {
  const { head, reply, calls, quirks, usage, finishReason } = completion;
  const message: Json = {
    ...roleOf(quirks),
    content: contentOf(reply.text, quirks) ?? null,
    refusal: null,
    ...(reply.reasoning === undefined ? {} : { reasoning_content: reply.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => renderCall(call, quirks)) }),
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason }];
  return { ...head, object: 'chat.completion', choices, ...(usage === undefined ? {} : { usage }) };
}

/** The chunks of a streamed reply, without the closing `[DONE]`. */
export function* completionChunks(completion: Completion, includeUsage: boolean): Generator<Json> {
  const { reply, calls, quirks, usage, finishReason } = completion;
  const head = { ...completion.head, object: 'chat.completion.chunk' };
  const chunk = (delta: Json, finish: string | null = null): Json => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    // A server that was asked for usage says null in each chunk before the last.
    ...(includeUsage && usage !== undefined ? { usage: null } : {}),
  });
  yield chunk({ ...roleOf(quirks), ...(reply.text === undefined ? {} : { content: contentOf('', quirks) }) });
  for (const piece of pieces(reply.reasoning ?? '', TEXT_CHUNK_CHARS))
    yield chunk({ reasoning_content: piece });
  for (const piece of pieces(reply.text ?? '', TEXT_CHUNK_CHARS))
    yield chunk({ content: contentOf(piece, quirks) });
  for (const [index, call] of calls.entries()) {
    if (quirks.argumentsAsObject === true) {
      yield chunk({ tool_calls: [{ index, ...renderCall(call, quirks) }] });
      continue;
    }
    yield chunk({ tool_calls: [{ index, ...renderCall({ ...call, arguments: '' }, quirks) }] });
    for (const piece of pieces(call.arguments, ARGUMENT_CHUNK_CHARS)) {
      yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  yield chunk({}, finishReason);
  if (includeUsage && usage !== undefined) yield { ...head, choices: [], usage };
}

function renderCall(call: { id: string; name: string; arguments: string }, quirks: Quirks): Json {
  const given = quirks.argumentsAsObject === true ? parsed(call.arguments) : call.arguments;
  const id = quirks.toolCallIdsMissing === true ? {} : { id: call.id };
  return { ...id, type: 'function', function: { name: call.name, arguments: given } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Broken arguments stay the text they are: that is the fault a test asked for.
    return text;
  }
}

function roleOf(quirks: Quirks): Json {
  if (quirks.role === null) return {};
  return { role: quirks.role ?? 'assistant' };
}

function contentOf(text: string | undefined, quirks: Quirks): unknown {
  if (text === undefined || quirks.contentAsParts !== true) return text;
  return [{ type: 'text', text }];
}

function usageOf(request: ChatRequest, reply: ModelReply): Json | undefined {
  if (reply.usage === null) return undefined;
  const input =
    reply.usage?.inputTokens ?? roughTokens(JSON.stringify([request.messages, request.tools ?? []]));
  const said = (reply.text ?? '') + (reply.reasoning ?? '');
  const called = reply.toolCalls === undefined ? '' : JSON.stringify(reply.toolCalls);
  const output = reply.usage?.outputTokens ?? roughTokens(said + called);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function roughTokens(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

function* pieces(text: string, usualChars: number): Generator<string> {
  const chars = Math.max(usualChars, Math.ceil(text.length / MAX_CHUNKS));
  for (let from = 0; from < text.length; from += chars) yield text.slice(from, from + chars);
}
