import * as z from 'zod';
import { Approval } from './approval.ts';
import { Child, Look } from './child.ts';
import { Definition } from './definition.ts';
import { Json, JsonObject } from './json.ts';
import { ExternalEvent, HeardMessage } from './messages.ts';
import { ModelMessage, ModelReply } from './model.ts';
import { StandingGrant } from './standing-grant.ts';
import { AgentStart } from './start.ts';
import { Role } from './role.ts';
import { Seal } from './seal.ts';
import { EffectClass, ToolManifest } from './tool.ts';
import { UsageTotal } from './usage.ts';
import { Wait } from './wait.ts';

/**
 * Raised, with an upcaster in `src/core/upcast.ts`, whenever a state of the version before would no longer be read as what
 * it meant. A new optional field that may be lost in a rollback needs no new version.
 */
export const STATE_VERSION = 4;

export const AgentStatus = z.enum([
  'starting',
  'thinking',
  'acting',
  'waiting',
  'paused',
  'closing',
  'completed',
  'failed',
  'cancelled',
]);
export type AgentStatus = z.infer<typeof AgentStatus>;

/** Where the agent stood when it began to wait: the address of its snapshot. */
export const Snapshot = z.object({ turn: z.int(), revision: z.int(), contextHash: z.string() });
export type Snapshot = z.infer<typeof Snapshot>;

/** A change of status, or a message from outside that was accepted or could not be (then `from` equals `to`). */
export const Transition = z.object({
  revision: z.int(),
  from: AgentStatus,
  to: AgentStatus,
  cause: z.string(),
  actor: z.string(),
  /** Where the actor sent a message: the role that an admin server vouches for; without it they only said who they are. */
  signedInAs: Role.optional(),
  at: z.number(),
  turn: z.int(),
});
export type Transition = z.infer<typeof Transition>;

/** What the model is told about a call: a result, or an error as data. */
export const CallOutcome = z.discriminatedUnion('ok', [
  /** `doneBy`: a person did it, or knows that it was done, and gave this result. */
  z.object({ ok: z.literal(true), result: Json, doneBy: z.string().optional() }),
  z.object({ ok: z.literal(false), error: z.object({ type: z.string(), message: z.string() }) }),
]);
export type CallOutcome = z.infer<typeof CallOutcome>;

const CallIdentity = {
  index: z.int(),
  /** The model's own id, echoed with the result. */
  modelCallId: z.string(),
  name: z.string(),
  effect: EffectClass.or(z.literal('command')),
  args: JsonObject,
  argsHash: z.string(),
  key: z.string(),
  facts: JsonObject,
  factsHash: z.string(),
  /** Counts how often the call was assessed or dispatched, so that each dispatch has an id of its own. */
  round: z.int(),
  /** What it had to begin again for without anybody's word. Each is bounded, and none is a sign of restless facts. */
  repeats: z.object({ rounds: z.int(), waits: z.int(), reconciled: z.int() }).optional(),
  /** An attempt of an earlier dispatch may have done it, and nobody has said that it did not. */
  mayHaveActed: z.literal(true).optional(),
  /** What leave the call has beyond policy's `auto`: the approval that allowed it, with the hash it was bound to. */
  approval: z
    .object({
      id: z.string(),
      by: z.string(),
      hash: z.string(),
      /** The rule that asked, for an edit that has not been judged yet: it stands for the facts that the editor has not seen. */
      editedUnder: z.string().optional(),
      signedInAs: Role.optional(),
    })
    .optional(),
  since: z.number(),
};

export const ToolCall = z.discriminatedUnion('status', [
  z.object({ ...CallIdentity, status: z.literal('assessing') }),
  /** In a fork: it is looked up whether the agent that was forked made the same call. */
  z.object({ ...CallIdentity, status: z.literal('recalling') }),
  /** `alone`: dispatched as a step of its own, not in the turn's batch. */
  z.object({ ...CallIdentity, status: z.literal('running'), alone: z.boolean() }),
  /** Its step was lost, for this reason, and its tool is asked what became of it. */
  z.object({ ...CallIdentity, status: z.literal('reconciling'), lost: z.string() }),
  z.object({ ...CallIdentity, status: z.literal('waiting'), wait: Wait, snapshot: Snapshot }),
  z.object({ ...CallIdentity, status: z.literal('done'), outcome: CallOutcome }),
]);
export type ToolCall = z.infer<typeof ToolCall>;

const SuspensionBase = { since: z.number(), until: z.number(), reason: z.string(), snapshot: Snapshot };
/** Why the agent as a whole waits before its next model call. */
export const Suspension = z.discriminatedUnion('kind', [
  z.object({ ...SuspensionBase, kind: z.literal('rate_limit') }),
  z.object({ ...SuspensionBase, kind: z.literal('model_outage') }),
  z.object({
    ...SuspensionBase,
    kind: z.literal('budget'),
    /** When people were asked once more, after an answer that was not enough. */
    askedAt: z.number().optional(),
  }),
  z.object({ kind: z.literal('idle'), since: z.number(), reason: z.string(), snapshot: Snapshot }),
  /** The definition's file has mistakes: it is read again. */
  z.object({
    ...SuspensionBase,
    kind: z.literal('definition'),
    /** Nothing is wrong with the file: a server that brings some of the tools can't be reached. */
    cause: z.literal('tool_outage').optional(),
  }),
]);
export type Suspension = z.infer<typeof Suspension>;

export const Outcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('completed'), result: Json }),
  z.object({ status: z.literal('failed'), failure: z.object({ type: z.string(), message: z.string() }) }),
  z.object({ status: z.literal('cancelled'), reason: z.string() }),
]);
export type Outcome = z.infer<typeof Outcome>;

export const ContextEntry = z.object({
  turn: z.int(),
  at: z.number(),
  /** Who said it, where that is a person or another system. */
  by: z.string().optional(),
  /** An admin server vouches for them. */
  signedInAs: Role.optional(),
  message: ModelMessage,
});
export type ContextEntry = z.infer<typeof ContextEntry>;

/** A call as the agent that was forked made it, and what its model was told of it. */
export const RecordedCall = z.object({
  turn: z.int(),
  index: z.int(),
  name: z.string(),
  argsHash: z.string(),
  outcome: CallOutcome,
});
export type RecordedCall = z.infer<typeof RecordedCall>;

/** A turn of the agent that was forked. */
export const RecordedTurn = z.object({
  turn: z.int(),
  /** What it was told before the model was asked. */
  read: z.array(ContextEntry),
  /** Absent where its model has not been asked. */
  reply: ModelReply.optional(),
  /** Empty while they have not all ended. */
  calls: z.array(RecordedCall),
  /** Whether it began another turn. */
  goesOn: z.boolean(),
});
export type RecordedTurn = z.infer<typeof RecordedTurn>;

/** Where a fork comes from. What its tools may do stands in `start.fork`. */
export const Origin = z.object({
  agent: z.string(),
  /** First run of that agent. */
  run: z.string(),
  turn: z.int(),
  /** Nothing is different from the record so far, so the model's replies are taken from it as well. */
  following: z.boolean(),
  recorded: RecordedTurn.optional(),
});
export type Origin = z.infer<typeof Origin>;

const Intervened = z.object({
  ...{ by: z.string(), signedInAs: Role.optional(), at: z.number() },
  reason: z.string().optional(),
});

export const Limits = z.object({
  turns: z.int(),
  tokens: z.int().optional(),
  usd: z.number().optional(),
  /** Milliseconds since the epoch. */
  deadlineAt: z.number(),
});
export type Limits = z.infer<typeof Limits>;

/** All that an agent is. Plain JSON, so that it can be carried, queried, stored and compared. */
export const AgentState = z.object({
  version: z.literal(STATE_VERSION),
  agentId: z.string(),
  /** First run of the chain: part of every idempotency key. */
  firstRunId: z.string(),
  startedAt: z.number(),
  /** When it was asked for, which may be long before a worker was there to begin it; kept where seals have dates. */
  askedAt: z.number().optional(),
  start: AgentStart,
  /** An admin server's word for who asked, until it is known whom to trust. */
  startSeal: Seal.optional(),
  /** As what the requester is signed in, where an admin server vouches for that. */
  requesterSignedInAs: Role.optional(),
  definition: Definition.optional(),
  manifests: z.array(ToolManifest),

  /** How often the definition was read in vain; sets how long the next pause is. */
  loadFailures: z.int().optional(),

  phase: z.enum(['loading', 'thinking', 'acting', 'ended']),
  status: AgentStatus,
  since: z.number(),
  revision: z.int(),
  transitions: z.array(Transition),

  /** The turn in progress, or the last one; 0 before the first. */
  turn: z.int(),
  /** The last turn that ended: the newest checkpoint. */
  checkpoint: z.int(),
  context: z.array(ContextEntry),
  contextHash: z.string(),
  /** Size of the context as JSON text, in characters. */
  contextSize: z.int(),
  notes: z.array(z.string()),
  /** One line for each call and message that compaction took out of the context; the oldest go first. */
  digest: z.array(z.string()),
  /** The turn before which the context was last condensed; once a turn is enough. */
  compactedTurn: z.int(),

  /** Which of the definition's models is asked next, and the number of this attempt within the turn. */
  modelIndex: z.int(),
  modelAttempt: z.int(),
  /** Failed rounds through all models without an answer; sets how long the next pause is. */
  modelFailures: z.int(),
  /** When the first of the models that are over their limit in this round takes calls again. */
  limitedUntil: z.number().optional(),
  /** Somebody said `resume`: the next call goes out even if the model is thought to be ill. */
  insisting: z.boolean().optional(),
  /** As the last reply said: tools keep off the task queue of the models. */
  rated: z.boolean().optional(),
  emptyReplies: z.int(),
  suspension: Suspension.optional(),

  calls: z.array(ToolCall),
  approvals: z.array(Approval),
  /** Leave that people gave ahead. */
  standing: z.array(StandingGrant),
  /** When a person last said something: what was rejected before may be proposed again. */
  heardAt: z.number().optional(),

  /** Every agent that was delegated to, also those that have ended. */
  children: z.array(Child),
  /** For an agent that was delegated to: the one above it may have been killed. */
  parentLook: Look.optional(),

  inbox: z.array(HeardMessage),
  events: z.array(ExternalEvent),
  /** What the two queues take as JSON, so that their bound costs nothing to check. */
  inboxBytes: z.int(),
  eventsBytes: z.int(),
  seenIds: z.array(z.string()),
  /** Seals that have counted, by when they were given; those up to `forgottenTo` are not known any more, and count no more. */
  seals: z
    .object({
      spent: z.array(z.object({ id: z.string(), at: z.number() })),
      forgottenTo: z.number().optional(),
    })
    .optional(),

  paused: Intervened.optional(),
  stopping: Intervened.optional(),

  origin: Origin.optional(),
  /** When the agent was last reset: decisions that are told at the same moment were made before. */
  resetAt: z.number().optional(),

  usage: UsageTotal,
  limits: Limits,
  outcome: Outcome.optional(),
});
export type AgentState = z.infer<typeof AgentState>;
