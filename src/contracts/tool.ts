import * as z from 'zod';
import { MemoryScope } from './definition.ts';
import { Json, JsonObject } from './json.ts';
import { McpSource, McpTarget } from './mcp.ts';

/**
 * What running a tool does to the world, and so what may be done when its outcome is not known:
 * - `pure`: reads only; may run any number of times.
 * - `idempotent`: the owner of the effect enforces the call's key; may be retried.
 * - `reconcilable`: the tool can be asked whether the effect of a key happened.
 * - `once`: never retried; an unknown outcome is put to a person.
 */
export const EffectClass = z.enum(['pure', 'idempotent', 'reconcilable', 'once']);
export type EffectClass = z.infer<typeof EffectClass>;

/** What workflows and core know of a tool. Recorded when an agent starts, so a later deploy changes nothing under it. */
export const ToolManifest = z.object({
  name: z.string(),
  description: z.string(),
  effect: EffectClass,
  /** The longest a single attempt may take, in milliseconds. */
  timeoutMs: z.int().positive(),
  /** JSON Schema of the arguments: shown to the model and used by core to check arguments and edits. */
  inputSchema: JsonObject,
  /** JSON Schema of the result: a person's report that fits it is the call's result. Absent in older histories. */
  outputSchema: JsonObject.optional(),
  /** Whether the tool can establish facts from trusted data before policy is asked. */
  hasAssess: z.boolean(),
  /** Whether the tool can be asked what became of a call. Absent in older histories: then a person is. */
  hasReconcile: z.boolean().optional(),
  /** Whether its calls say whose memories they may reach. Absent for all other tools, and in older histories. */
  remembers: z.literal(true).optional(),
  /** For a tool of an MCP server: what the server said of it when the agent began. */
  mcp: McpSource.optional(),
});
export type ToolManifest = z.infer<typeof ToolManifest>;

/** A tool call as an activity gets it. */
export const ToolInvocation = z.object({
  agentId: z.string(),
  turn: z.int(),
  index: z.int(),
  tool: z.string(),
  args: JsonObject,
  /** Idempotency key: the same for every retry of this call, never the same for other arguments. */
  key: z.string(),
  /** Hash of the facts that policy decided on; the activity assesses again and refuses to act on other facts. */
  factsHash: z.string().optional(),
  /** An attempt of an earlier dispatch may have done it. Within a dispatch Temporal counts the attempts. */
  mayHaveActed: z.literal(true).optional(),
  /** Whose memories the call may reach; only for tools whose manifest asks for it. */
  memory: z.object({ definition: z.string(), scope: MemoryScope }).optional(),
  /** Where the tool is to be found; only for tools of MCP servers. */
  mcp: McpTarget.optional(),
});
export type ToolInvocation = z.infer<typeof ToolInvocation>;

/** How a tool call ended. Errors are data for the model, not the end of the agent. */
export const ToolOutcome = z.discriminatedUnion('type', [
  /** `stored`: the result was too large and is a reference: `{artifact, bytes, preview}`. */
  z.object({ type: z.literal('succeeded'), result: Json, stored: z.boolean().optional() }),
  z.object({ type: z.literal('failed'), error: z.object({ type: z.string(), message: z.string() }) }),
  /** The facts changed between policy's decision and the effect; nothing was done, unless an earlier attempt that was lost did it. */
  z.object({
    type: z.literal('facts-changed'),
    facts: JsonObject,
    mayHaveActed: z.literal(true).optional(),
  }),
]);
export type ToolOutcome = z.infer<typeof ToolOutcome>;

/** What a run of a watched tool said of the condition. */
export const ConditionCheck = z.discriminatedUnion('type', [
  /** `stored`: as for an outcome. Only now the result is recorded. */
  z.object({ type: z.literal('held'), result: Json, stored: z.boolean().optional() }),
  z.object({ type: z.literal('not-held') }),
  /** The condition can't be evaluated for what the tool gave. */
  z.object({ type: z.literal('unclear'), problem: z.string() }),
  /** The tool complained. */
  z.object({ type: z.literal('failed'), error: z.object({ type: z.string(), message: z.string() }) }),
]);
export type ConditionCheck = z.infer<typeof ConditionCheck>;

/** What `assess` found for one call of a turn. An error means policy must decide without facts. */
export const Assessment = z.discriminatedUnion('type', [
  z.object({ type: z.literal('assessed'), index: z.int(), facts: JsonObject }),
  z.object({ type: z.literal('failed'), index: z.int(), message: z.string() }),
  /** The tool wants to be asked again later. */
  z.object({
    type: z.literal('rate-limited'),
    index: z.int(),
    message: z.string(),
    retryAfterMs: z.number().optional(),
  }),
]);
export type Assessment = z.infer<typeof Assessment>;

/** What a `reconcilable` tool found out about a call of its own whose step was lost. */
export const Reconciliation = z.discriminatedUnion('type', [
  /** The effect happened; this is the result that the call would have had. */
  z.object({ type: z.literal('done'), result: Json, stored: z.boolean().optional() }),
  /** It did not happen and will not any more, so the call may run again. */
  z.object({ type: z.literal('not-done') }),
  z.object({ type: z.literal('not-known'), reason: z.string() }),
]);
export type Reconciliation = z.infer<typeof Reconciliation>;
