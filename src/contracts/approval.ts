import * as z from 'zod';
import { DeadlineOutcome } from './definition.ts';
import { Json, JsonObject } from './json.ts';
import { DecisionKind } from './messages.ts';

/** A decision as it was accepted; kept for good with its approval. */
export const Decision = z.object({
  decision: DecisionKind,
  by: z.string(),
  at: z.number(),
  args: JsonObject.optional(),
  message: z.string().optional(),
});
export type Decision = z.infer<typeof Decision>;

/**
 * A question to people, bound by `hash` to one tool call with its exact arguments and facts.
 * `subject` says what is asked: leave to run the call, an answer for the agent, or what became of a call.
 */
export const Approval = z.object({
  id: z.string(),
  /** Counts the changes of this approval; a decision may carry the one that it was based on. */
  revision: z.int(),
  subject: z.enum(['tool', 'suggestion', 'question', 'unknown_outcome']),
  turn: z.int(),
  index: z.int(),
  tool: z.string(),
  args: JsonObject,
  facts: JsonObject,
  hash: z.string(),
  summary: z.string(),
  /** The condition of the rule that asked, or why there is none. */
  rule: z.string().optional(),
  choices: z.array(Json).optional(),
  requestedAt: z.number(),
  expiresAt: z.number(),
  onDeadline: DeadlineOutcome,
  /** How many people must agree. */
  required: z.int().positive(),
  allowedDecisions: z.array(DecisionKind),
  decisions: z.array(Decision),
  status: z.enum(['open', 'decided', 'expired', 'withdrawn']),
});
export type Approval = z.infer<typeof Approval>;
