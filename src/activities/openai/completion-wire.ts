import * as z from 'zod';

/**
 * What servers send, read tolerantly: an optional field of an unexpected shape counts as missing, because compatible servers
 * differ in everything but the essentials. What is essential is checked where it is used.
 */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullish()
    .transform((value) => value ?? undefined)
    .catch(undefined);
}

const text = optional(z.string());
/** No request has a billion tokens: such a count is a mistake, and would end every budget. */
const MAX_TOKENS = 1_000_000_000;
const tokens = optional(z.number().nonnegative().max(MAX_TOKENS).transform(Math.round));

const bareText = z.string().transform((bare) => ({ text: bare, refusal: undefined, thinking: undefined }));

const TypedPart = z.object({
  text,
  refusal: text,
  /** Some reasoning models put their thoughts among the parts, as text or as parts again. */
  thinking: optional(z.union([z.string(), z.array(z.object({ text }))])),
});

const Part = z.union([bareText, TypedPart]);
export type Part = z.infer<typeof Part>;

const FunctionPiece = z.object({ name: text, arguments: z.unknown().optional() });

const CallPiece = z.object({
  index: optional(z.int()),
  id: text,
  function: optional(FunctionPiece),
});
export type CallPiece = z.infer<typeof CallPiece>;
/** In place of a list; some write an empty one as an empty object. */
const OneCall = CallPiece.extend({ function: FunctionPiece });

const MessagePiece = z.object({
  content: optional(z.union([z.string(), z.array(Part)])),
  refusal: text,
  reasoning_content: text,
  reasoning: text,
  /** A few servers send one call without a list around it. */
  tool_calls: optional(z.union([z.array(optional(CallPiece)), OneCall.transform((call) => [call])])),
  /** The form of tool calls before there were several. */
  function_call: optional(FunctionPiece),
});
export type MessagePiece = z.infer<typeof MessagePiece>;

const WireChoice = z.object({
  index: optional(z.int()),
  delta: optional(MessagePiece),
  message: optional(MessagePiece),
  finish_reason: text,
  /** Some servers say so here when the model behind them broke off. */
  error: z.unknown().optional(),
});
export type WireChoice = z.infer<typeof WireChoice>;

const WireUsage = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens,
  prompt_tokens_details: optional(z.object({ cached_tokens: tokens })),
  prompt_cache_hit_tokens: tokens,
});
export type WireUsage = z.infer<typeof WireUsage>;

/** A whole completion, or one piece of a streamed one: the same but for `message` and `delta`. */
export const WireCompletion = z.object({
  model: text,
  choices: z.array(WireChoice).nullish(),
  usage: optional(WireUsage),
  error: z.unknown().optional(),
});
export type WireCompletion = z.infer<typeof WireCompletion>;
