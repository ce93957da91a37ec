import { z } from 'zod';

/** Largest reply a `huge_reply` may ask for: enough to pass every limit of a client, not enough to harm the machine. */
const MAX_HUGE_CHARS = 64_000_000;

const Usage = z.strictObject({ inputTokens: z.int().min(0), outputTokens: z.int().min(0) });

/** A tool call in a reply; `arguments` as text is sent as it is, even when it is no JSON. */
const ReplyCall = z.strictObject({
  name: z.string(),
  arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).default({}),
  id: z.string().optional(),
});

/** One reply of the model. `usage: null` sends none; without the field a rough count is made. */
export const ModelReply = z.strictObject({
  text: z.string().optional(),
  reasoning: z.string().optional(),
  toolCalls: z.array(ReplyCall).optional(),
  usage: Usage.nullable().optional(),
  finishReason: z.string().optional(),
});
/** What a handler or a test writes; defaults are filled in when it is sent. */
export type ModelReply = z.input<typeof ModelReply>;

/** Which tool a faulty call names: the given one, else the first that the request offers. */
const tool = z.string().optional();
const finishReason = z.string().optional();

/** The ways in which a model server can misbehave. */
export const ModelFault = z.discriminatedUnion('fault', [
  z.strictObject({
    fault: z.literal('rate_limit'),
    retryAfter: z.union([z.number(), z.string()]).optional(),
  }),
  z.strictObject({
    fault: z.literal('status'),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** Never answers; with `afterChars`, starts to stream and then falls silent. */
  z.strictObject({ fault: z.literal('hang'), afterChars: z.int().min(0).optional() }),
  z.strictObject({
    fault: z.literal('cut_stream'),
    afterChars: z.int().min(0),
    reply: ModelReply.optional(),
  }),
  z.strictObject({ fault: z.literal('truncated_json'), tool, finishReason }),
  z.strictObject({ fault: z.literal('unknown_tool'), tool }),
  z.strictObject({ fault: z.literal('bad_arguments'), tool, arguments: z.unknown().optional() }),
  z.strictObject({ fault: z.literal('empty_reply'), finishReason }),
  z.strictObject({ fault: z.literal('huge_reply'), chars: z.int().min(1).max(MAX_HUGE_CHARS) }),
  z.strictObject({ fault: z.literal('wrong_content_type') }),
]);
export type ModelFault = z.input<typeof ModelFault>;

/** What a handler gives for a request. */
export type ModelAnswer = ModelReply | ModelFault;

/** Habits of servers that call themselves compatible and are not quite. */
export const Quirks = z.strictObject({
  noUsage: z.boolean().optional(),
  /** Answers JSON to a request for a stream. */
  noStreaming: z.boolean().optional(),
  argumentsAsObject: z.boolean().optional(),
  /** Says this at the end of every reply. */
  finishReason: z.string().nullable().optional(),
  toolCallIdsMissing: z.boolean().optional(),
  contentAsParts: z.boolean().optional(),
  /** The role of every reply instead of `assistant`; null leaves it out. */
  role: z.string().nullable().optional(),
});
export type Quirks = z.infer<typeof Quirks>;
