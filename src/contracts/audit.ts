import * as z from 'zod';
import { Json } from './json.ts';
import { Role } from './role.ts';

/** What an audit says of a value: only its hash, or the value itself. Fields that a tool marks as secret are in neither. */
export const Digest = z.union([z.strictObject({ hash: z.string() }), z.strictObject({ value: Json })]);
export type Digest = z.infer<typeof Digest>;

export const AuditKind = z.enum([
  'agent.started',
  'run.continued',
  'definition.loaded',
  'message.received',
  'model.replied',
  'call.proposed',
  'approval.asked',
  'approval.decided',
  'approval.closed',
  'grant.given',
  'grant.revoked',
  'call.started',
  'call.ended',
  'budget.changed',
  'child.changed',
  'status.changed',
  'agent.ended',
  'run.closed',
]);
export type AuditKind = z.infer<typeof AuditKind>;

/** One thing that happened to an agent, as its audit has it: it follows from the history alone. */
export const AuditEntry = z.strictObject({
  version: z.literal(1),
  agent: z.string(),
  run: z.string(),
  at: z.iso.datetime(),
  turn: z.int(),
  revision: z.int(),
  what: AuditKind,
  /** A person, a model, a tool, or the agent itself; `signedInAs` where an admin server vouches for a person. */
  who: z.strictObject({ name: z.string(), signedInAs: Role.optional() }),
  /** The cause, the rule that decided, the leave that there was, or what a person gave as reason. */
  why: z.string().optional(),
  /** The call's turn and number, as `t3-1`. */
  call: z.string().optional(),
  tool: z.string().optional(),
  effect: z.string().optional(),
  approval: z.string().optional(),
  grant: z.string().optional(),
  child: z.string().optional(),
  definition: z.string().optional(),
  /** What was said, asked for, found, or came out. */
  input: Digest.optional(),
  said: Digest.optional(),
  args: Digest.optional(),
  facts: Digest.optional(),
  result: Digest.optional(),
  decision: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  /** Numbers: tokens of a reply, limits of a budget, people who must agree. */
  numbers: z.record(z.string(), z.number()).optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Where the audit ends as the histories tell it now, and what that makes of an end that was noted earlier. */
export const AuditChecked = z.object({
  /** How many lines, and the hash of the last, as an export names it. */
  end: z.string(),
  /** It is the same, it is how these lines begin, or what is told now is not what was. */
  earlier: z.enum(['same', 'continued', 'differs']).optional(),
});
export type AuditChecked = z.infer<typeof AuditChecked>;
