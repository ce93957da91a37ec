import * as z from 'zod';
import { MAX_DEPTH, PolicyRule } from './definition.ts';
import { Json } from './json.ts';
import { UsageTotal } from './usage.ts';
import { WorkflowId } from './workflow-id.ts';

/** What an agent lets those it delegates to do: rules that hold beside their own, and whether other tools are out of bounds. */
export const Grant = z.strictObject({
  /** Name of the definition that grants, for the reason that people and models read. */
  by: z.string().max(64),
  tools: z.record(z.string(), z.array(PolicyRule)),
  /** Tools that are not named are denied, rather than left to the agent's own definition. */
  only: z.boolean(),
});
export type Grant = z.infer<typeof Grant>;

/** What an agent that was delegated to knows of those above it. Whoever starts an agent with it only narrows what it may do. */
export const Parentage = z.strictObject({
  /** The agent that delegated, and the first of its runs. */
  agent: WorkflowId,
  run: z.string().min(1).max(100),
  /** Definitions of the agents above, from the first one down to the one that delegated. */
  path: z.array(z.string().max(64)).min(1).max(MAX_DEPTH),
  /** How many more levels there may be below this agent. */
  depth: z.int().nonnegative().max(MAX_DEPTH),
  grants: z.array(Grant).max(2 * MAX_DEPTH),
  /** The person that the first agent of the tree works for. */
  requester: z.string().min(1).max(200).optional(),
});
export type Parentage = z.infer<typeof Parentage>;

/** What a child may use in all, itself and everybody below it: taken out of its parent's budget while it lives. */
export const Share = z.object({ turns: z.int(), tokens: z.int().optional(), usd: z.number().optional() });
export type Share = z.infer<typeof Share>;

/** How an agent that was delegated to ended. Without usage nobody knows what it took: it counts as its whole share. */
export const ChildEnding = z.discriminatedUnion('status', [
  z.object({ status: z.literal('completed'), result: Json, usage: UsageTotal.optional() }),
  z.object({
    status: z.literal('failed'),
    failure: z.object({ type: z.string(), message: z.string() }),
    usage: UsageTotal.optional(),
  }),
  z.object({ status: z.literal('cancelled'), reason: z.string(), usage: UsageTotal.optional() }),
]);
export type ChildEnding = z.infer<typeof ChildEnding>;

/** Another agent is looked at from time to time: when next, how often that has been done, and whether it is time. */
export const Look = z.object({
  at: z.number(),
  count: z.int(),
  due: z.boolean(),
  /** The `count` at which the child said that it ends. */
  endsFrom: z.int().optional(),
});
export type Look = z.infer<typeof Look>;

/** An agent that was delegated to, as its parent keeps track of it. */
export const Child = z.object({
  /** Its workflow id. */
  id: z.string(),
  /** Its definition. */
  agent: z.string(),
  input: z.string(),
  since: z.number(),
  share: Share,
  /** When its own time is up, in milliseconds since the epoch. */
  deadlineAt: z.number(),
  /** The turn and index of the call that delegated. */
  turn: z.int(),
  index: z.int(),
  /** Whether that call waits for its end; otherwise a message tells of it. */
  awaited: z.boolean(),
  status: z.enum(['starting', 'open', 'completed', 'failed', 'cancelled']),
  /** First run, once it has started. */
  run: z.string().optional(),
  /** What it has been told of its parent's being paused or stopped. */
  told: z.object({ paused: z.boolean(), stopping: z.boolean() }),
  /** Temporal tells only the run that started a child of its end, so one of an earlier run is looked at. */
  look: Look.optional(),
  usage: UsageTotal.optional(),
});
export type Child = z.infer<typeof Child>;
