import * as z from 'zod';
import { Approval } from './approval.ts';
import { Child } from './child.ts';
import { PolicyMode } from './definition.ts';
import { Json, JsonObject } from './json.ts';
import { ModelReply, RequestedCall, Usage } from './model.ts';
import { Role } from './role.ts';
import { CallOutcome, Outcome, Transition } from './state.ts';
import { InterruptionKind, WithinTurn } from './status.ts';
import { EffectClass } from './tool.ts';

const Failure = z.object({ type: z.string(), message: z.string() });

/** What only the history knows of a step: when it was carried out and at which attempt. Times are milliseconds since the epoch. */
export const StepRecord = z.object({
  /** Name of the activity. */
  activity: z.string(),
  /** Done within a workflow task, so that nobody knows when it began. */
  local: z.literal(true).optional(),
  scheduledAt: z.number().optional(),
  /** Of the last attempt; known once the step has ended. */
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  attempts: z.int(),
  /** Why the attempt before the last one failed. */
  lastFailure: Failure.optional(),
  /** For a condition that is looked at again and again: how many steps this one, the last, stands for. */
  times: z.int().optional(),
});
export type StepRecord = z.infer<typeof StepRecord>;

/** What a policy said of a call, on which facts: asked anew of the rules that the agent has kept, with the same answer. */
export const Verdict = z.object({
  at: z.number(),
  mode: PolicyMode,
  /** The condition that held, or why none did. */
  reason: z.string(),
  /** The place of the rule that fired among those for the tool, from 1; without it none did. */
  rule: z.int().optional(),
  facts: JsonObject,
});
export type Verdict = z.infer<typeof Verdict>;

const Base = {
  /** The same whoever asks, and however much of the agent's life is read. */
  id: z.string(),
  /** The turn in which it began. */
  turn: z.int(),
  /** When it began and ended, in milliseconds since the epoch; without an end it goes on, or was only a moment. */
  at: z.number(),
  endedAt: z.number().optional(),
  /** It began in a run that was not read: what was known of it then is missing. */
  carried: z.literal(true).optional(),
  /** Of an agent below the one that was asked for, this many steps down; its ids are its own. */
  below: z.object({ agent: z.string(), depth: z.int() }).optional(),
};

export const TurnItem = z.object({
  ...Base,
  kind: z.literal('turn'),
  /** Of the checkpoint. */
  revision: z.int().optional(),
});

/** One question to a model. A turn has several when models fail. */
export const ModelItem = z.object({
  ...Base,
  kind: z.literal('model'),
  /** As the definition names it. */
  model: z.string(),
  /** The address of the conversation that it was asked with: prompts are references. */
  contextHash: z.string(),
  maxOutputTokens: z.int(),
  step: StepRecord.optional(),
  /** `calls`: how many it asked for; each is an item of its own. */
  reply: ModelReply.omit({ usage: true, rated: true, calls: true }).extend({ calls: z.int() }).optional(),
  usage: Usage.optional(),
  failure: Failure.optional(),
  /** In a fork: it is the reply that the agent which was forked got, and no model was asked. */
  recorded: z.literal(true).optional(),
  /** Nobody waited for the answer any more. */
  ignored: z.literal(true).optional(),
});
export type ModelItem = z.infer<typeof ModelItem>;

export const CallItem = z.object({
  ...Base,
  kind: z.literal('call'),
  /** The place of the call in its turn, from 0. */
  index: z.int(),
  /** The model's own id of the call. */
  modelCallId: z.string(),
  name: z.string(),
  effect: EffectClass.or(z.literal('command')),
  /** The idempotency key of the arguments as they are now. */
  key: z.string(),
  args: z.object({
    /** As the model wrote them. */
    proposed: RequestedCall.shape.args,
    /** As a person changed them. */
    edited: JsonObject.optional(),
    /** As they were handed to the tool. */
    executed: JsonObject.optional(),
  }),
  facts: JsonObject,
  verdicts: z.array(Verdict),
  /** Ids of the approvals that were asked about it. */
  approvals: z.array(z.string()),
  /** Whose leave it had beyond policy's own: an approval's, or a standing grant's. */
  leave: z
    .object({
      id: z.string(),
      /** Names; as what they were signed in is told with their decisions. */
      by: z.string(),
      /** It was given ahead. */
      grant: z.literal(true).optional(),
    })
    .optional(),
  steps: z.array(StepRecord),
  /** `dropped`: the agent ended first. */
  status: z.enum(['recalling', 'assessing', 'running', 'reconciling', 'waiting', 'done', 'dropped']),
  /** As the model was told. */
  outcome: CallOutcome.optional(),
});
export type CallItem = z.infer<typeof CallItem>;

/** A question to people. */
export const ApprovalItem = z.object({
  ...Base,
  kind: z.literal('approval'),
  approval: Approval.pick({
    ...{ id: true, subject: true, index: true, tool: true, args: true, facts: true, summary: true },
    ...{ rule: true, required: true, approvers: true, signedIn: true, notBy: true, expiresAt: true },
    ...{ requesterUnproven: true },
    ...{ onDeadline: true, decisions: true, status: true },
  }),
});
export type ApprovalItem = z.infer<typeof ApprovalItem>;

/** What was said to the agent, or told it; each once, whether it has been read or not. */
export const MessageItem = z.object({
  ...Base,
  kind: z.literal('message'),
  /** `notice`: from the agent's own machinery, such as the end of an agent below it. */
  what: z.enum(['instructions', 'goal', 'message', 'event', 'notice']),
  by: z.string().optional(),
  signedInAs: Role.optional(),
  text: z.string().optional(),
  /** Of an event. */
  name: z.string().optional(),
  payload: Json.optional(),
  /** When it came into the conversation, and for which turn. */
  readAt: z.number().optional(),
  readIn: z.int().optional(),
  /** A call that waited for the event got it. */
  taken: z.literal(true).optional(),
});
export type MessageItem = z.infer<typeof MessageItem>;

/** A crew has begun without a model. */
export const CrewItem = z.object({ ...Base, kind: z.literal('crew'), text: z.string() });

/** Why the agent, or one of its calls, did not move; questions to people are items of their own. */
export const WaitItem = z.object({
  ...Base,
  kind: z.literal('wait'),
  wait: InterruptionKind.or(z.literal('paused')),
  summary: z.string(),
  /** Of the call that waits. */
  index: z.int().optional(),
  deadline: z.number().optional(),
  endedBy: z.object({ cause: z.string(), actor: z.string() }).optional(),
});
export type WaitItem = z.infer<typeof WaitItem>;

export const TransitionItem = z.object({ ...Base, kind: z.literal('transition'), transition: Transition });

/** An agent that this one delegated to. Its own timeline is found by its id. */
export const AgentItem = z.object({
  ...Base,
  kind: z.literal('agent'),
  child: Child.pick({
    ...{ id: true, agent: true, input: true, index: true, awaited: true, status: true },
    ...{ run: true, usage: true, share: true },
  }),
});

/** The conversation had grown too long; sizes are in characters. */
export const CondensedItem = z.object({
  ...Base,
  kind: z.literal('condensed'),
  before: z.int(),
  after: z.int(),
});

export const EndItem = z.object({ ...Base, kind: z.literal('end'), outcome: Outcome });

/** Nothing happened and nothing was done for long, from `at` to `endedAt`. */
export const GapItem = z.object({ ...Base, kind: z.literal('gap') });

/** What happened, or goes on. */
export const TimelineItem = z.discriminatedUnion('kind', [
  TurnItem,
  ModelItem,
  CallItem,
  ApprovalItem,
  MessageItem,
  CrewItem,
  WaitItem,
  TransitionItem,
  AgentItem,
  CondensedItem,
  EndItem,
  GapItem,
]);
export type TimelineItem = z.infer<typeof TimelineItem>;

export const TimelineKind = z.enum([
  'turn',
  'model',
  'call',
  'approval',
  'message',
  'crew',
  'wait',
  'transition',
  'agent',
  'condensed',
  'end',
  'gap',
] satisfies TimelineItem['kind'][]);
export type TimelineKind = z.infer<typeof TimelineKind>;

/** A timeline as a picture, in the words of Mermaid: who spoke to whom, or how often the agent went from status to status. */
export const TimelinePicture = z.object({ picture: z.enum(['run', 'states']), mermaid: z.string() });
export type TimelinePicture = z.infer<typeof TimelinePicture>;

/** A run of the agent's workflow, for whoever looks for it in Temporal. */
export const TimelineRun = z.object({
  runId: z.string(),
  firstTurn: z.int(),
  lastTurn: z.int(),
});

/** A page of the timeline, turn by turn and in each in the order in which things began; `nextFrom` is the first turn of the next one, `goesOn` asks before that for the rest of a turn that did not fit. */
export const Timeline = z.object({
  agent: z.string(),
  /** First turn that could be read: earlier runs past the server's retention are gone. */
  firstTurn: z.int(),
  lastTurn: z.int(),
  items: z.array(TimelineItem),
  /** Those that these turns were read from, oldest first. */
  runs: z.array(TimelineRun),
  nextFrom: z.int().optional(),
  goesOn: WithinTurn.optional(),
});
export type Timeline = z.infer<typeof Timeline>;
