import * as z from 'zod';
import { JsonObject } from './json.ts';

/** What the model asked for. Arguments that were not a JSON object carry the reason instead, for the model to read. */
export const RequestedCall = z.object({
  /** The model's own id of the call, echoed to it with the result. */
  id: z.string(),
  name: z.string(),
  args: z.union([
    z.object({ type: z.literal('parsed'), value: JsonObject }),
    z.object({ type: z.literal('malformed'), text: z.string(), reason: z.string() }),
  ]),
});
export type RequestedCall = z.infer<typeof RequestedCall>;

export const Usage = z.object({
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  /** US dollars; 0 when the price of the model is not known. */
  usd: z.number().nonnegative(),
  /** Whether the server reported the tokens or they were estimated from the text. */
  estimated: z.boolean(),
});
export type Usage = z.infer<typeof Usage>;

export const ModelReply = z.object({
  /** The model that answered, as the server names it. */
  model: z.string(),
  text: z.string(),
  reasoning: z.string().optional(),
  calls: z.array(RequestedCall),
  finishReason: z.string(),
  /** A text that ended at the limit of the reply's length rather than by itself, or was to be followed by calls that did not come. Replies recorded before this was told apart lack it. */
  cut: z.literal(true).optional(),
  usage: Usage,
  /** The task queue that the call came from hands them out at a limited rate; nothing else should use that up. */
  rated: z.boolean().optional(),
});
export type ModelReply = z.infer<typeof ModelReply>;

/**
 * What the worker that asked the model may do at once with the calls of the reply, rather than in steps of their own. All of it only
 * reads, and whether anything comes of it is decided by the agent, when it hears of it together with the reply.
 */
export const InlineWork = z.object({
  /** What the keys of the calls begin with. */
  firstRunId: z.string(),
  /** Tools that may run: pure and short, and policy lets every call of them through. */
  run: z.array(z.string()),
  /** Tools of which policy asks for facts. */
  assess: z.array(z.string()),
});
export type InlineWork = z.infer<typeof InlineWork>;

/** Argument of the model activity: a reference to the context, never the context itself. */
export const ModelRequest = z.object({
  agentId: z.string(),
  runId: z.string(),
  turn: z.int(),
  model: z.string(),
  contextHash: z.string(),
  /** The most the reply may use, in tokens: what the budget still allows. */
  maxOutputTokens: z.int().positive(),
  /** Somebody said `resume`: ask even a model that is thought to be ill. */
  insist: z.boolean().optional(),
  inline: InlineWork.optional(),
});
export type ModelRequest = z.infer<typeof ModelRequest>;

/** A message as every model understands it; the adapter turns it into the server's own form. */
export const ModelMessage = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), text: z.string() }),
  z.object({ role: z.literal('user'), text: z.string() }),
  z.object({ role: z.literal('assistant'), text: z.string(), calls: z.array(RequestedCall) }),
  z.object({ role: z.literal('tool'), callId: z.string(), name: z.string(), text: z.string() }),
]);
export type ModelMessage = z.infer<typeof ModelMessage>;

export const ModelTool = z.object({ name: z.string(), description: z.string(), parameters: JsonObject });
export type ModelTool = z.infer<typeof ModelTool>;
