import type { ModelReply, RequestedCall, Usage } from '../../contracts/model.ts';
import { priceOf } from '../model-prices.ts';
import { MAX_REPLY_BYTES, type ModelQuestion } from '../ports.ts';
import { parseArguments } from './call-arguments.ts';
import type { DraftCall } from './draft-call.ts';
import type { DraftReply } from './draft-reply.ts';
import { ModelFault } from './model-fault.ts';

/** A usual rule of thumb for English text; good enough to keep a budget when the server counts nothing. */
const CHARACTERS_PER_TOKEN = 4;
/** Thoughts are kept for people to read, not for the model; the first pages of them are enough. */
const MAX_REASONING_CHARACTERS = 20_000;
const UNNAMED = 'unnamed';

/** Other servers' words for the reasons that this product tells apart. Others are handed on as they are. */
const sameReason: ReadonlyMap<string, string> = new Map([
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['function_call', 'tool_calls'],
  ['tool_call', 'tool_calls'],
  ['tool_use', 'tool_calls'],
]);

/** By these a server says that it could not go on, whatever has been written so far. */
const brokenOff: ReadonlySet<string> = new Set([
  'abort',
  'error',
  'insufficient_system_resource',
  'network_error',
]);

/** Turns what was collected into the reply. Fails `ModelProtocol` when it is too large for the workflow's history. */
export function finishReply(draft: DraftReply, question: ModelQuestion): ModelReply {
  const reason = draft.finishReason.toLowerCase();
  if (brokenOff.has(reason))
    throw new ModelFault('ModelUnavailable', `the reply broke off with the finish reason ${reason}`);
  const finishReason = sameReason.get(reason) ?? (reason || (draft.calls.length > 0 ? 'tool_calls' : 'stop'));
  const reply: ModelReply = {
    model: draft.model || question.model,
    text: draft.text,
    ...(draft.reasoning === '' ? {} : { reasoning: draft.reasoning.slice(0, MAX_REASONING_CHARACTERS) }),
    calls: requestedCalls(draft.calls, finishReason === 'length', question),
    finishReason,
    ...(isCut(draft, finishReason) ? { cut: true } : {}),
    usage: usageOf(draft, question),
  };
  // Escapes and letters beyond ASCII take more bytes than characters, and bytes are what the history bounds.
  if (Buffer.byteLength(JSON.stringify(reply)) > MAX_REPLY_BYTES) {
    throw new ModelFault('ModelProtocol', `the reply is larger than ${MAX_REPLY_BYTES} bytes`);
  }
  return reply;
}

/** A text that is not all of the reply: the rest did not fit, or was to be calls, of which none came. */
function isCut({ calls, announcesCalls }: DraftReply, finishReason: string): boolean {
  if (calls.length > 0) return false;
  // Some servers give this reason for every text, but those send no list of calls with it.
  return finishReason === 'length' || (finishReason === 'tool_calls' && announcesCalls);
}

/** Gives each call an id that no other call of the conversation has: results are matched with calls by it. */
function requestedCalls(
  calls: readonly DraftCall[],
  cut: boolean,
  { messages }: ModelQuestion,
): RequestedCall[] {
  const earlier = messages.flatMap((message) => (message.role === 'assistant' ? message.calls : []));
  const taken = new Set(earlier.map((call) => call.id));
  let number = earlier.length;
  const freeId = (id: string): string => {
    let free = id;
    while (free === '' || taken.has(free)) free = `call_${number++}`;
    taken.add(free);
    return free;
  };
  return calls.map((call, position) => ({
    id: freeId(call.id),
    name: call.name || UNNAMED,
    args: parseArguments(call.argumentsText, cut && position === calls.length - 1),
  }));
}

function usageOf(draft: DraftReply, question: ModelQuestion): Usage {
  const inputTokens = draft.usage?.prompt_tokens ?? 0;
  const outputTokens = draft.usage?.completion_tokens ?? 0;
  // A server that reports nothing, or zeros because it does not count, did read something all the same.
  const estimated = inputTokens === 0 || draft.usage?.completion_tokens === undefined;
  const cachedInputTokens =
    draft.usage?.prompt_tokens_details?.cached_tokens ?? draft.usage?.prompt_cache_hit_tokens ?? 0;
  const counted = {
    inputTokens: inputTokens || tokensOf(JSON.stringify([question.messages, question.tools]).length),
    outputTokens: estimated && outputTokens === 0 ? tokensOf(draft.size) : outputTokens,
  };
  const price = priceOf(draft.model, { ...counted, cachedInputTokens });
  const { usd } = price.known ? price : priceOf(question.model, { ...counted, cachedInputTokens });
  return { ...counted, usd, estimated };
}

function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
