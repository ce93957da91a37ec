import * as z from 'zod';
import { Deciders, DeadlineOutcome } from './definition.ts';
import { Approval, Decision, Risk } from './approval.ts';
import { ForkTools } from './fork.ts';
import { Json, JsonObject } from './json.ts';
import { Child, Share } from './child.ts';
import { Role } from './role.ts';
import { StandingGrant } from './standing-grant.ts';
import { AgentStatus, ContextEntry, Limits, Snapshot, Transition } from './state.ts';
import { UsageTotal } from './usage.ts';
import { ModelTool } from './model.ts';

const Timestamp = z.iso.datetime();

export const InterruptionKind = z.enum([
  'approval',
  'input',
  'event',
  'condition',
  'timer',
  'child',
  'rate_limit',
  'model_outage',
  'tool_outage',
  'budget',
  'unknown_outcome',
  'definition',
]);
export type InterruptionKind = z.infer<typeof InterruptionKind>;

/** Why the agent is not moving: what resumes it, until when it waits, and what happens then. */
export const Interruption = z.object({
  kind: InterruptionKind,
  id: z.string(),
  since: Timestamp,
  deadline: Timestamp.optional(),
  onDeadline: z.string().optional(),
  resumeBy: z.array(z.string()),
  summary: z.string(),
  snapshot: Snapshot,
});
export type Interruption = z.infer<typeof Interruption>;

/** An approval as people see it: without what only core needs, and with times that they can read. */
export const ApprovalView = Approval.omit({
  ...{ turn: true, index: true, status: true, proposal: true, asksOnMs: true, stopsClock: true },
  ...{ reminder: true, escalations: true },
}).extend({
  requestedAt: Timestamp,
  expiresAt: Timestamp.optional(),
  /** The agent is paused, and the time that is left begins to run again when it goes on. */
  clockStopped: z.literal(true).optional(),
  onDeadline: DeadlineOutcome.optional(),
  decisions: z.array(Decision.extend({ at: Timestamp })),
  claim: z
    .object({
      ...{ by: z.string(), at: Timestamp, until: Timestamp, from: z.string().optional() },
      ...{ role: Role.optional(), signedInAs: Role.optional() },
    })
    .optional(),
  /** How much a wrong yes may cost, from effect class, amount and rule: never from what a model says. */
  risk: Risk.optional(),
  /** When they are told again. */
  remindsAt: Timestamp.optional(),
  /** Who may decide as well from when on. */
  escalations: z.array(Deciders.extend({ at: Timestamp })).optional(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;

/** Leave that was given ahead, as people see it. */
export const StandingGrantView = StandingGrant.extend({
  at: Timestamp,
  until: Timestamp,
  revoked: z.object({ by: z.string(), signedInAs: Role.optional(), at: Timestamp }).optional(),
});
export type StandingGrantView = z.infer<typeof StandingGrantView>;

/** The document that the `status` query, the CLI and HTTP answer with. Additions are free, changes raise `version`. */
export const StatusDocument = z.object({
  version: z.literal(1),
  agent: z.string(),
  definition: z.object({ name: z.string(), hash: z.string() }),
  status: AgentStatus,
  revision: z.int(),
  turn: z.int(),
  since: Timestamp,
  input: z.string(),
  requester: z.string().optional(),
  /** An admin server vouches for who asked; without it a start has only named them. */
  requesterSignedInAs: Role.optional(),
  labels: z.record(z.string(), z.string()),
  interruptions: z.array(Interruption),
  approvals: z.array(ApprovalView),
  /** Also those that count no more, the latest of them. */
  grants: z.array(StandingGrantView).optional(),
  calls: z.array(
    z.object({ index: z.int(), tool: z.string(), status: z.string(), args: JsonObject, since: Timestamp }),
  ),
  /** Where the agent comes from if it is a fork, and what its tools do. */
  fork: z.object({ agent: z.string(), turn: z.int(), tools: ForkTools }).optional(),
  /** The agent that delegated to this one. */
  parent: z.string().optional(),
  /** Agents that this one delegated to, also those that have ended. Their usage counts as its own once they have. */
  children: z
    .array(
      z.object({
        agent: z.string(),
        definition: z.string(),
        status: Child.shape.status,
        since: Timestamp,
        input: z.string(),
        budget: Share.extend({ deadline: Timestamp }),
        usage: UsageTotal.optional(),
      }),
    )
    .optional(),
  paused: z
    .object({ by: z.string(), signedInAs: Role.optional(), at: Timestamp, reason: z.string().optional() })
    .optional(),
  queued: z.object({ messages: z.int(), events: z.int() }),
  notes: z.array(z.string()),
  usage: UsageTotal,
  budget: Limits.omit({ deadlineAt: true }).extend({ deadline: Timestamp }),
  result: Json.optional(),
  failure: z.object({ type: z.string(), message: z.string() }).optional(),
});
export type StatusDocument = z.infer<typeof StatusDocument>;

/** Where a turn goes on that is too large for a page: the arguments that ask for the rest of it. */
export const WithinTurn = z.object({ from: z.int(), entry: z.int() });
export type WithinTurn = z.infer<typeof WithinTurn>;

/** A page of the transcript: what was said and done, turn by turn, as far as the current run knows it. */
export const TranscriptPage = z.object({
  agent: z.string(),
  /** The first turn of which the run knows anything. */
  firstTurn: z.int(),
  lastTurn: z.int(),
  entries: z.array(ContextEntry),
  /** First turn of the next page; absent on the last. */
  nextFrom: z.int().optional(),
  /** Only where the last turn of the page is not whole: to be asked for before `nextFrom`. */
  goesOn: WithinTurn.optional(),
  previousRunId: z.string().optional(),
  /**
   * Where what happened in this run begins, if there is one before it. Everything before that place is what the run was given, of which
   * turns may have been condensed or cut; the runs before have them whole.
   */
  ownFrom: WithinTurn.optional(),
});
export type TranscriptPage = z.infer<typeof TranscriptPage>;

export const TransitionsPage = z.object({
  agent: z.string(),
  transitions: z.array(Transition),
  /** Revisions before this one are in earlier runs' histories. */
  firstRevision: z.int(),
  /** First revision of the next page; absent on the last. */
  nextFrom: z.int().optional(),
});
export type TransitionsPage = z.infer<typeof TransitionsPage>;

/** A page of the model's context, for a worker that has not got it. */
export const ContextPage = z.object({
  contextHash: z.string(),
  total: z.int(),
  offset: z.int(),
  entries: z.array(ContextEntry),
  tools: z.array(ModelTool),
});
export type ContextPage = z.infer<typeof ContextPage>;
