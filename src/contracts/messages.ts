import * as z from 'zod';
import { Duration } from './duration.ts';
import { Json, JsonObject } from './json.ts';
import { MAX_TEXT_CHARS } from './start.ts';
import { isUndecodable, undecodableReason } from './undecodable.ts';

const Actor = z.string().min(1).max(200);
const Id = z.string().min(1).max(200);
/** The agent's revision that the sender based this on; another one is a conflict. */
const Revision = z.int().nonnegative().optional();

export const DecisionKind = z.enum(['approve', 'edit', 'reject', 'respond', 'ignore']);
export type DecisionKind = z.infer<typeof DecisionKind>;

export const Decide = z
  .strictObject({
    approval: Id,
    decision: DecisionKind,
    by: Actor,
    args: JsonObject.optional(),
    message: z.string().max(MAX_TEXT_CHARS).optional(),
    /** The approval's own revision. */
    revision: z.int().nonnegative().optional(),
  })
  .refine((decide) => decide.decision !== 'edit' || decide.args !== undefined, {
    path: ['args'],
    message: 'an edit needs the edited arguments',
  })
  .refine((decide) => decide.decision !== 'respond' || decide.message !== undefined, {
    path: ['message'],
    message: 'a response needs a message',
  });
export type Decide = z.infer<typeof Decide>;

export const Message = z.strictObject({
  text: z.string().min(1).max(MAX_TEXT_CHARS),
  by: Actor,
  id: Id.optional(),
  revision: Revision,
});
export type Message = z.infer<typeof Message>;

export const ExternalEvent = z.strictObject({
  name: z.string().min(1).max(200),
  payload: Json.optional(),
  id: Id.optional(),
  by: Actor.optional(),
  revision: Revision,
});
export type ExternalEvent = z.infer<typeof ExternalEvent>;

export const Intervention = z.strictObject({
  by: Actor,
  reason: z.string().max(2_000).optional(),
  revision: Revision,
});
export type Intervention = z.infer<typeof Intervention>;

export const ExtendBudget = z
  .strictObject({
    by: Actor,
    turns: z.int().positive().optional(),
    tokens: z.int().positive().optional(),
    usd: z.number().positive().optional(),
    deadline: Duration.optional(),
    id: Id.optional(),
    revision: Revision,
  })
  .refine(({ turns, tokens, usd, deadline }) => (turns ?? tokens ?? usd ?? deadline) !== undefined, {
    message: 'name at least one of turns, tokens, usd, deadline',
  });
export type ExtendBudget = z.infer<typeof ExtendBudget>;

/** A hint that an agent that was delegated to has ended: it is looked at, and what it says itself is not believed. */
export const ChildEnded = z.strictObject({ child: z.string().min(1).max(1_000), by: Actor.optional() });
export type ChildEnded = z.infer<typeof ChildEnded>;

/** Every message that may come as a signal or an update, by name. */
export const agentMessages = {
  decide: Decide,
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
