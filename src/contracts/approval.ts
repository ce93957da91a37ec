import * as z from 'zod';
import { AnswerForm } from './form.ts';
import { Deciders, DeadlineOutcome } from './definition.ts';
import { Json, JsonObject } from './json.ts';
import { DecisionKind } from './messages.ts';
import { Role } from './role.ts';

/** A decision as it was accepted; kept for good with its approval. */
export const Decision = z.object({
  decision: DecisionKind,
  by: z.string(),
  at: z.number(),
  args: JsonObject.optional(),
  message: z.string().optional(),
  /** An admin server vouches for who decided; without it, they only said who they are. */
  signedInAs: Role.optional(),
});
export type Decision = z.infer<typeof Decision>;

/** What a wrong yes may cost, in words that people know; what makes which is in core, and in docs/definitions.md. */
export const Risk = z.enum(['low', 'medium', 'high']);
export type Risk = z.infer<typeof Risk>;

/**
 * A question to people, bound by `hash` to one tool call with its exact arguments and facts.
 * `subject` says what is asked: leave to run the call, an answer for the agent, what became of a call, or more budget.
 */
export const Approval = z.object({
  id: z.string(),
  /** Counts the changes of this approval; a decision may carry the one that it was based on. */
  revision: z.int(),
  subject: z.enum(['tool', 'suggestion', 'question', 'unknown_outcome', 'budget']),
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
  /** What the answer to a question must have. */
  form: AnswerForm.optional(),
  requestedAt: z.number(),
  expiresAt: z.number(),
  onDeadline: DeadlineOutcome,
  /** How many people must agree. */
  required: z.int().positive(),
  /** Who may decide; anybody, unless given. An escalation adds to it. */
  approvers: Deciders.optional(),
  /** Counts only what an admin server vouches for. */
  signedIn: z.literal(true).optional(),
  /** Who asked for the work, and so may not decide. */
  notBy: z.string().optional(),
  /** Nobody vouches for who asked for the work, so four eyes take two people who are signed in. */
  requesterUnproven: z.literal(true).optional(),
  /**
   * `from`: who has handed it to them. `role`: whoever is signed in so has it, and `by` is no person but the role's name.
   * `signedInAs`: an admin server vouches for who claimed it, or handed it on.
   */
  claim: z
    .object({
      ...{ by: z.string(), at: z.number(), until: z.number(), from: z.string().optional() },
      ...{ role: Role.optional(), signedInAs: Role.optional() },
    })
    .optional(),
  /** How often people have been told of it again: reminded, or because more may decide, or because it is asked on. */
  told: z.int().optional(),
  /** When they are next reminded, and how far apart in milliseconds. */
  reminder: z.object({ at: z.number(), everyMs: z.number() }).optional(),
  /** Who may decide as well from then on, the next one first. */
  escalations: z.array(Deciders.extend({ at: z.number() })).optional(),
  /** For how long it is asked on when the deadline passes. */
  asksOnMs: z.number().optional(),
  /** The deadline waits while the agent is paused. */
  stopsClock: z.literal(true).optional(),
  /** The same for the same action whenever it is proposed. */
  proposal: z.string().optional(),
  allowedDecisions: z.array(DecisionKind),
  decisions: z.array(Decision),
  status: z.enum(['open', 'decided', 'expired', 'withdrawn']),
});
export type Approval = z.infer<typeof Approval>;
