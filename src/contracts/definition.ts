import * as z from 'zod';
import { Duration, durationMs } from './duration.ts';
import { MCP_TIMEOUT_MS, McpEffect, McpPart, McpServers } from './mcp.ts';
import { Role } from './role.ts';
import { DefinitionSchedule } from './schedule.ts';

/** Agents in a row, from the first one down: a tree that is deeper is a loop that nobody has noticed. */
export const MAX_DEPTH = 10;
export const DEFAULT_DEPTH = 3;
/** Agents that one agent starts: each is carried in its state for the rest of its life. */
export const MAX_CHILDREN = 500;
export const DEFAULT_CHILDREN = 100;

/** What happens to an approval when its deadline passes: `ask` goes on asking for as long again. Never approval. */
export const DeadlineOutcome = z.enum(['reject', 'ignore', 'end', 'ask']);
export type DeadlineOutcome = z.infer<typeof DeadlineOutcome>;

/** - `auto`: runs. `approve`: a person decides first. `suggest`: a person does it and reports back. `deny`: refused. */
export const PolicyMode = z.enum(['auto', 'approve', 'suggest', 'deny']);
export type PolicyMode = z.infer<typeof PolicyMode>;

export const Deadline = z.strictObject({
  after: Duration,
  outcome: DeadlineOutcome,
  /** `stops`: the time for which the agent is paused does not count. */
  whilePaused: z.enum(['runs', 'stops']).optional(),
});
export type Deadline = z.infer<typeof Deadline>;

/** A page of names is a group, and groups are what roles are for. */
const MAX_PEOPLE = 50;
/** More people than this for one call is a meeting. */
const MAX_QUORUM = 10;
const MAX_ESCALATIONS = 10;

/** Who may decide: the people named, and whoever is signed in with this role or a stronger one. Anybody where neither is given. */
const deciders = {
  people: z.array(z.string().min(1).max(200)).min(1).max(MAX_PEOPLE).optional(),
  role: Role.optional(),
};
export const Deciders = z.strictObject(deciders);
export type Deciders = z.infer<typeof Deciders>;

export const Approvers = z.strictObject({
  ...deciders,
  /** How many of them must say yes. One no is enough. */
  quorum: z.int().positive().max(MAX_QUORUM).optional(),
  /** Whoever asked the agent for its work may not decide. */
  fourEyes: z.boolean().optional(),
  /** Counts only what comes from who is signed in, not what names itself. */
  signedIn: z.boolean().optional(),
});
export type Approvers = z.infer<typeof Approvers>;

/** Who may decide as well once nobody has for this long. */
const Escalation = z.strictObject({ after: Duration, ...deciders });

/** One rule: it applies when its condition (CEL over facts, args, agent, labels) holds, or when it has none. */
export const PolicyRule = z.strictObject({
  when: z.string().min(1).optional(),
  mode: PolicyMode,
  approvers: Approvers.optional(),
  deadline: Deadline.optional(),
  /** How often those who may decide are reminded. */
  remind: Duration.optional(),
  escalate: z.array(Escalation).min(1).max(MAX_ESCALATIONS).optional(),
  /** People are told of a call that runs without being asked about. */
  notify: z.literal(true).optional(),
});
export type PolicyRule = z.infer<typeof PolicyRule>;

const PolicyRules = z.array(PolicyRule).min(1).max(50);

/** The first rule that applies decides; none applies: deny. */
export const ToolPolicy = z.union([
  PolicyMode.transform((mode): PolicyRule[] => [{ mode }]),
  PolicyRule.transform((rule): PolicyRule[] => [rule]),
  PolicyRules,
]);

/** Below this there is no time to find the server and call it. */
const MCP_LEAST_MS = 10_000;
const MCP_MOST_MS = 3_600_000;

/** A tool of an MCP server: nothing is known of it but what the definition says, so it is `once` and `approve` unless that says more. */
const McpToolPolicy = z
  .strictObject({
    effect: McpEffect.optional(),
    timeout: Duration.transform(durationMs)
      .pipe(z.number().min(MCP_LEAST_MS, 'at least 10s').max(MCP_MOST_MS, 'at most 1h'))
      .optional(),
    tool: z.string().min(1).max(200).optional(),
    ...PolicyRule.partial({ mode: true }).shape,
    rules: PolicyRules.optional(),
  })
  .refine(
    ({ rules, when, mode, approvers, deadline, remind, escalate, notify }) =>
      !rules || (when ?? mode ?? approvers ?? deadline ?? remind ?? escalate ?? notify) === undefined,
    { path: ['rules'], message: 'give either rules, or the fields of a single one' },
  )
  // What says nothing of a server is a rule like any other, and that has a mode.
  .refine((given) => given.mode ?? given.effect ?? given.timeout ?? given.tool ?? given.rules, {
    path: ['mode'],
    message: 'give a mode',
  })
  .transform(({ effect = 'once', timeout = MCP_TIMEOUT_MS, tool, rules, mode = 'approve', ...rule }) => ({
    ...{ effect, timeoutMs: timeout, tool },
    rules: rules ?? [{ ...rule, mode }],
  }));

/** A tool as a definition lists it: its policy, and for one of an MCP server what it does. */
export const ListedTool = z.union([...ToolPolicy.options, McpToolPolicy]);
export type ListedTool = z.infer<typeof ListedTool>;

/** What definitions and tools may be called: part of a path, and of a model's function names. */
export const Name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    'lower-case letters, digits, - and _, at most 64, starting with a letter or digit',
  );

/** Who recalls what an agent remembered: that agent alone, or every agent of its definition, later ones too. */
export const MemoryScope = z.enum(['agent', 'definition']);
export type MemoryScope = z.infer<typeof MemoryScope>;

export const Budget = z.strictObject({
  turns: z.int().positive().max(1_000_000).optional(),
  tokens: z.int().positive().optional(),
  usd: z.number().positive().optional(),
  /** From the start of the agent. */
  deadline: Duration.optional(),
});
export type Budget = z.infer<typeof Budget>;

/** A signed webhook that becomes an event of one agent, which is started if it is not there. */
const Hook = z.strictObject({
  event: z.string().min(1).max(200),
  agent: z.string().min(1).max(200),
  /** The name of a variable of the admin server, never the secret itself. */
  secret: z.string().regex(/^\$[A-Z][A-Z0-9_]{0,99}$/, 'a variable like $ORDERS_WEBHOOK_SECRET'),
  input: z.string().default(''),
});

const Delegate = z.strictObject({
  /** Rules that hold there beside those of the agent's own definition; tools that are not named are denied. */
  tools: z.record(Name, ToolPolicy).optional(),
});

/** What an agent whose definition lists `delegate` may delegate. */
export const Delegation = z.strictObject({
  /** Definitions that it may start agents of; all, unless named. */
  agents: z
    .union([
      z.array(Name).transform((names) => Object.fromEntries(names.map((name) => [name, {}]))),
      z.record(Name, Delegate),
    ])
    .optional(),
  /** The most agents that it may start over its life. */
  children: z.int().positive().max(MAX_CHILDREN).default(DEFAULT_CHILDREN),
  /** Levels below it. */
  depth: z.int().positive().max(MAX_DEPTH).default(DEFAULT_DEPTH),
});

const MAX_MEMBERS = 20;

/** Agents that work at the goal of this one before its own model sums up: side by side, or each with what those before it found. */
export const Crew = z.strictObject({
  members: z.array(Name).min(1).max(MAX_MEMBERS),
  order: z.enum(['together', 'in-order']).default('together'),
});
export type Crew = z.output<typeof Crew>;

/** Definitions of which each agent that completes starts one of this definition, and what that one is told beside the result. */
export const After = z.union([
  z.array(Name).transform((names) => Object.fromEntries(names.map((name) => [name, { input: '' }]))),
  z.record(Name, z.strictObject({ input: z.string().max(2_000).default('') })),
]);

/** A definition as written in the front matter of `agents/<name>.md`. */
export const DefinitionFrontMatter = z.strictObject({
  name: Name,
  description: z.string().max(2_000).default(''),
  model: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(5)])
    .transform((model) => (typeof model === 'string' ? [model] : model)),
  lifetime: z.enum(['task', 'persistent']).default('task'),
  checkpoints: z.enum(['each', 'batched']).default('batched'),
  budget: Budget.default({}),
  /** Tokens that the smallest of the models can read at once; compaction keeps the context well below. */
  contextWindow: z.int().min(2_000).max(10_000_000).default(128_000),
  tools: z.record(Name, ListedTool).default({}),
  mcp: McpServers.optional(),
  memory: MemoryScope.optional(),
  schedule: DefinitionSchedule.optional(),
  delegation: Delegation.optional(),
  crew: Crew.optional(),
  after: After.default({}),
  hooks: z.record(Name, Hook).default({}),
});

/** What starts or wakes agents of a definition from outside. Agents know nothing of it, so it is no part of their snapshot. */
export type Triggers = Pick<z.output<typeof DefinitionFrontMatter>, 'schedule' | 'hooks' | 'after'>;

/** Of the rules that an agent goes by: they change, and an agent keeps to those that its run began with. */
export const EDITION = 2;

/** A definition as an agent snapshots it when it starts. */
export const Definition = z.object({
  name: z.string(),
  description: z.string(),
  models: z.array(z.string()).min(1),
  lifetime: z.enum(['task', 'persistent']),
  checkpoints: z.enum(['each', 'batched']),
  budget: Budget,
  contextWindow: z.int(),
  tools: z.record(z.string(), z.array(PolicyRule)),
  /** Servers that bring some of the tools. */
  mcp: McpPart.optional(),
  /** `agent` where nothing is said, so also in older histories. */
  memory: MemoryScope.optional(),
  delegation: z
    .object({
      agents: z
        .record(z.string(), z.object({ tools: z.record(z.string(), z.array(PolicyRule)).optional() }))
        .optional(),
      children: z.int(),
      depth: z.int(),
    })
    .optional(),
  crew: Crew.optional(),
  /** What is started with its result when an agent of this definition completes: those that say so in `after`. */
  dependents: z.array(z.object({ agent: z.string(), input: z.string() })).optional(),
  /** The worker that loaded it has people told of approvals and failures. */
  notifies: z.literal(true).optional(),
  /** Nothing asks for it any more: the first builds that had an archive wrote it into the state, which is read still. */
  archives: z.literal(true).optional(),
  instructions: z.string(),
  /** SHA-256 of the definition's file, hexadecimal. */
  hash: z.string(),
  /** Public keys (Ed25519, hexadecimal) of the admin servers whose word counts for who is signed in. */
  trusted: z.array(z.string()).optional(),
  /** The worker that loaded it asks two people where four eyes are wanted and nobody vouches for who asked; older ones asked one. */
  provesRequesters: z.literal(true).optional(),
  /** Seals given before the agent, its last reset or the question don't count; where older workers loaded it they did. */
  datesSeals: z.literal(true).optional(),
  /**
   * By which rules of core the agent goes; without, by those before. 2: rules that ask add up in whom they ask, the agent's own and
   * those of the agents above; a rejection holds against leave given before it; leave that is taken back is gone for calls that have not
   * begun; what happens after a reset is told anew; an end names also the calls that were waiting to be tried again.
   */
  edition: z.int().optional(),
});
export type Definition = z.infer<typeof Definition>;
