import * as z from 'zod';
import { JsonObject } from './json.ts';
import { Approval } from './approval.ts';
import { EffectClass } from './tool.ts';
import { Role } from './role.ts';
import { AgentStatus, ContextEntry, Transition } from './state.ts';
import { ApprovalView } from './status.ts';
import { ApprovalItem } from './timeline.ts';

/** An agent that was started. */
export const Started = z.object({ agent: z.string(), runId: z.string() });
export type Started = z.infer<typeof Started>;

/** An agent that was told to end at once, and does so soon. */
export const Cancelling = z.object({ agent: z.string(), cancelling: z.literal(true) });

/** An agent as the server's index knows it: no worker is asked, and it may be a second behind. */
export const ListedAgent = z.object({
  agent: z.string(),
  runId: z.string(),
  definition: z.string().optional(),
  /** A status of an agent, `running` for one that is starting, thinking or acting, or how the server ended it. */
  status: z.union([AgentStatus, z.string()]),
  waitingFor: z.array(z.string()),
  pendingApprovals: z.int(),
  turn: z.int().optional(),
  startedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().optional(),
  /** Why its workflow tasks fail, in Temporal's words, once they have failed several times: `perdure why` says more. */
  problems: z.array(z.string()).optional(),
});
export type ListedAgent = z.infer<typeof ListedAgent>;

/** A page of the list of agents. */
export const AgentList = z.object({
  agents: z.array(ListedAgent),
  /** For the parameter `cursor` of the next page; absent on the last. */
  nextCursor: z.string().optional(),
});
export type AgentList = z.infer<typeof AgentList>;

/** An open approval with the agent that asks. */
export const PendingApproval = z.object({
  agent: z.string(),
  definition: z.string(),
  /** Who asked the agent for its work. */
  requester: z.string().optional(),
  /** As what they are signed in, where an admin server vouches for that. */
  requesterSignedInAs: Role.optional(),
  approval: ApprovalView,
});
export type PendingApproval = z.infer<typeof PendingApproval>;

export const PendingApprovals = z.object({
  approvals: z.array(PendingApproval),
  /** Agents that wait for somebody but could not be asked what for, with the reason. */
  unanswered: z.array(z.object({ agent: z.string(), type: z.string(), message: z.string() })),
  /** Whether more agents wait than were asked. */
  more: z.boolean(),
  /** What asks for them. */
  nextCursor: z.string().optional(),
});
export type PendingApprovals = z.infer<typeof PendingApprovals>;

/** An approval, open or not, with what whoever looks at it alone wants to know. */
export const ApprovalDetails = PendingApproval.extend({
  state: Approval.shape.status,
  turn: z.int(),
  /** What the agent knows of the tool; absent for commands, which only change the agent itself. */
  tool: z.object({ description: z.string(), effect: EffectClass, inputSchema: JsonObject }).optional(),
});
export type ApprovalDetails = z.infer<typeof ApprovalDetails>;

/** An approval that nobody can decide any more, as the agent's histories tell of it. */
export const ClosedApproval = z.object({
  agent: z.string(),
  definition: z.string().optional(),
  turn: z.int(),
  closedAt: z.iso.datetime(),
  approval: ApprovalItem.shape.approval,
});
export type ClosedApproval = z.infer<typeof ClosedApproval>;

export const ClosedApprovals = z.object({
  /** Of the agents that were looked at, the latest first. */
  approvals: z.array(ClosedApproval),
  /** How many agents were looked at: those that were started last, and with each further page those before them. */
  agents: z.int(),
  /** Of each agent, the last turns that were looked at. */
  turns: z.int(),
  /** Agents whose histories could not be read, with the reason. */
  unread: z.array(z.object({ agent: z.string(), type: z.string(), message: z.string() })),
  nextCursor: z.string().optional(),
});
export type ClosedApprovals = z.infer<typeof ClosedApprovals>;

/** What was said and done, across the runs of an agent. */
export const Transcript = z.object({
  agent: z.string(),
  /** First turn that could be read: earlier runs past the server's retention are gone. */
  firstTurn: z.int(),
  lastTurn: z.int(),
  entries: z.array(ContextEntry),
});
export type Transcript = z.infer<typeof Transcript>;

/** Changes of status in an agent's current run. */
export const Transitions = z.object({
  agent: z.string(),
  /** Revisions before this one are in earlier runs' histories. */
  firstRevision: z.int(),
  transitions: z.array(Transition),
});
export type Transitions = z.infer<typeof Transitions>;

/** A definition as it is in the folder that agents are started from, or its mistakes. */
export const ListedDefinition = z.union([
  z.object({
    file: z.string(),
    name: z.string(),
    description: z.string(),
    models: z.array(z.string()),
    lifetime: z.enum(['task', 'persistent']),
    tools: z.array(z.string()),
    hash: z.string(),
  }),
  /** One with mistakes. */
  z.object({
    file: z.string(),
    problems: z.array(z.object({ line: z.int(), field: z.string(), message: z.string() })),
  }),
]);
export type ListedDefinition = z.infer<typeof ListedDefinition>;

export const DefinitionList = z.object({ definitions: z.array(ListedDefinition) });
export type DefinitionList = z.infer<typeof DefinitionList>;
