import * as z from 'zod';
import { Duration } from './duration.ts';
import { Json, JsonObject } from './json.ts';
import { Role } from './role.ts';
import { Seal } from './seal.ts';
import { MAX_ACTOR_CHARS, MAX_TEXT_CHARS } from './start.ts';
import { isUndecodable, undecodableReason } from './undecodable.ts';

const Actor = z.string().min(1).max(MAX_ACTOR_CHARS);
/** Who sends a message says so; only a seal proves it. */
const sender = { by: Actor, seal: Seal.optional() };
const Id = z.string().min(1).max(200);
/** The agent's revision that the sender based this on; another one is a conflict. */
const Revision = z.int().nonnegative().optional();
/** The same of an approval, which has a revision of its own. */
const ApprovalRevision = z.int().nonnegative().optional();

export const DecisionKind = z.enum(['approve', 'edit', 'reject', 'respond', 'ignore']);
export type DecisionKind = z.infer<typeof DecisionKind>;

export const Decide = z
  .strictObject({
    approval: Id,
    decision: DecisionKind,
    ...sender,
    args: JsonObject.optional(),
    message: z.string().max(MAX_TEXT_CHARS).optional(),
    revision: ApprovalRevision,
  })
  .refine((decide) => decide.decision !== 'edit' || decide.args !== undefined, {
    path: ['args'],
    message: 'an edit needs the edited arguments',
  })
  .refine(({ decision, message, args }) => decision !== 'respond' || (message ?? args) !== undefined, {
    path: ['message'],
    message: 'a response needs a message, or the args of a form',
  });
export type Decide = z.infer<typeof Decide>;

export const Message = z.strictObject({
  text: z.string().min(1).max(MAX_TEXT_CHARS),
  ...sender,
  id: Id.optional(),
  revision: Revision,
});
export type Message = z.infer<typeof Message>;

/** A message as it waits to be read. */
export const HeardMessage = Message.omit({ seal: true }).extend({
  /** An admin server vouches for who sent it. */
  signedInAs: Role.optional(),
});
export type HeardMessage = z.infer<typeof HeardMessage>;

export const ExternalEvent = z.strictObject({
  name: z.string().min(1).max(200),
  payload: Json.optional(),
  id: Id.optional(),
  ...sender,
  by: Actor.optional(),
  revision: Revision,
});
export type ExternalEvent = z.infer<typeof ExternalEvent>;

export const Intervention = z.strictObject({
  ...sender,
  reason: z.string().max(2_000).optional(),
  revision: Revision,
});
export type Intervention = z.infer<typeof Intervention>;

/** What is added to the limits of an agent. */
export const BudgetExtension = z.strictObject({
  turns: z.int().positive().optional(),
  tokens: z.int().positive().optional(),
  usd: z.number().positive().optional(),
  deadline: Duration.optional(),
});
export type BudgetExtension = z.infer<typeof BudgetExtension>;

export const ExtendBudget = z
  .strictObject({
    ...sender,
    ...BudgetExtension.shape,
    id: Id.optional(),
    revision: Revision,
  })
  .refine(({ turns, tokens, usd, deadline }) => (turns ?? tokens ?? usd ?? deadline) !== undefined, {
    message: 'name at least one of turns, tokens, usd, deadline',
  });
export type ExtendBudget = z.infer<typeof ExtendBudget>;

/** Says that one person is at an approval, so that others leave it alone; and that they are not any more. */
export const Claim = z.strictObject({ approval: Id, ...sender, revision: ApprovalRevision });
export type Claim = z.infer<typeof Claim>;

/** Says that somebody else is at an approval: whoever has claimed it hands it on, or an admin who is signed in. */
export const Reassign = z
  .strictObject({
    approval: Id,
    to: Actor.optional(),
    /** Whoever is signed in with this role or a stronger one. */
    role: Role.optional(),
    ...sender,
    reason: z.string().max(2_000).optional(),
    revision: ApprovalRevision,
  })
  .refine(({ to, role }) => (to === undefined) !== (role === undefined), {
    path: ['to'],
    message: 'name either a person (to) or a role',
  });
export type Reassign = z.infer<typeof Reassign>;

/**
 * Leave given ahead: what a rule of this tool would ask about runs without asking, while the condition (CEL, as in rules) holds and
 * until then. Counts only where whoever gives it might have decided.
 */
export const GiveLeave = z.strictObject({
  tool: z.string().min(1).max(200),
  /** The condition of the one rule that it is about, as approvals show it; all rules of the tool that ask, unless given. */
  rule: z.string().min(1).max(2_000).optional(),
  when: z.string().min(1).max(1_000).optional(),
  until: z.iso.datetime({ offset: true }),
  /** How often it counts at the most. */
  uses: z.int().positive().optional(),
  ...sender,
  reason: z.string().max(2_000).optional(),
  revision: Revision,
});
export type GiveLeave = z.infer<typeof GiveLeave>;

export const Revoke = z.strictObject({
  grant: Id,
  ...sender,
  reason: z.string().max(2_000).optional(),
  revision: Revision,
});
export type Revoke = z.infer<typeof Revoke>;

/** A hint that an agent that was delegated to has ended: it is looked at, and what it says itself is not believed. */
export const ChildEnded = z.strictObject({
  child: z.string().min(1).max(1_000),
  ...sender,
  by: Actor.optional(),
});
export type ChildEnded = z.infer<typeof ChildEnded>;

/** Every message that may come as a signal or an update, by name. */
export const agentMessages = {
  decide: Decide,
  claim: Claim,
  release: Claim,
  reassign: Reassign,
  grant: GiveLeave,
  revoke: Revoke,
  message: Message,
  event: ExternalEvent,
  pause: Intervention,
  resume: Intervention,
  stop: Intervention,
  extendBudget: ExtendBudget,
  childEnded: ChildEnded,
} as const;
export type AgentMessageName = keyof typeof agentMessages;
export type AgentMessage = {
  [Name in AgentMessageName]: { name: Name; payload: z.output<(typeof agentMessages)[Name]> };
}[AgentMessageName];

/** What a person reads in the Web UI beside each handler. */
export const messageDescriptions: Record<AgentMessageName, string> = {
  decide:
    'Decide an open approval: {"approval", "decision": approve|edit|reject|respond|ignore, "by", "args"?, "message"?, "revision"?}',
  claim: 'Say that you are at an approval, so that others leave it alone: {"approval", "by", "revision"?}',
  release: 'Leave a claimed approval to others: {"approval", "by", "revision"?}',
  reassign:
    'Hand a claimed approval on to somebody, or to a role: {"approval", "to" or "role", "by", "reason"?, "revision"?}',
  grant:
    'Let what a tool would ask about run without asking: {"tool", "until", "by", "rule"?, "when"?, "uses"?, "reason"?, "revision"?}',
  revoke: 'Take back a standing grant: {"grant", "by", "reason"?, "revision"?}',
  message:
    'Say something to the agent: {"text", "by", "id"?, "revision"?}; the id makes it safe to send twice',
  event: 'Report an event: {"name", "payload"?, "id"?}; wakes a call of wait_for_event with that name',
  pause: 'Start nothing new until resume: {"by", "reason"?}',
  resume: 'Go on after a pause, a rate limit or an outage: {"by", "reason"?}',
  stop: 'End gracefully after the call in flight: {"by", "reason"?}',
  extendBudget: 'Raise the budget: {"by", "turns"?, "tokens"?, "usd"?, "deadline"?, "id"?}',
  childEnded: 'Look whether an agent that was delegated to has ended: {"child"}',
};

/** Checks an untrusted payload; the reason names the field. */
export function parseMessage(
  name: AgentMessageName,
  payload: unknown,
): { ok: true; message: AgentMessage } | { ok: false; reason: string } {
  if (isUndecodable(payload)) return { ok: false, reason: undecodableReason(payload) };
  const parsed = agentMessages[name].safeParse(payload);
  if (!parsed.success) return { ok: false, reason: describeIssues(parsed.error) };
  // The schema was picked by this very name, which TypeScript can't follow through the lookup.
  return { ok: true, message: { name, payload: parsed.data } as AgentMessage };
}

/** One line for all issues of a parse, each with its field. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message))
    .join('; ')
    .slice(0, 1_000);
}
