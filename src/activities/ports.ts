import type { AgentLooks, ForkPoint, RecalledCalls } from '../contracts/activities.ts';
import type { Sweep } from '../contracts/archive-sweep.ts';
import type { AgentSight, WantedCall } from '../contracts/command.ts';
import type { Fork } from '../contracts/fork.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { McpDeclaration, McpServer, McpTarget } from '../contracts/mcp.ts';
import type { Delivery, DeliveryOutcome, FoundAgent } from '../contracts/message-agent.ts';
import type { ModelMessage, ModelReply, ModelTool } from '../contracts/model.ts';
import type { Notice } from '../contracts/notice.ts';
import type { RecordedTurn } from '../contracts/state.ts';

/** Large values, kept outside of the history. Whoever fails to keep or find one throws a `ToolUnavailable`. */
export interface ArtifactPort {
  /** Keeps the text and gives its SHA-256 when it is safe; a text that is there already is kept once. */
  put(owner: string, text: string): Promise<string>;
  /** What this owner has under the hash; undefined when that is nothing. Never a text with another hash. */
  get(owner: string, hash: string): Promise<string | undefined>;
}

/** What is asked of a model: everything it may know, nothing it may do by itself. */
export interface ModelQuestion {
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  readonly maxOutputTokens: number;
}

/** A reply is in the history, and its calls are carried with the state while they wait; no honest one takes more as JSON. */
export const MAX_REPLY_BYTES = 120_000;

/** A reply while it is being written: its words, and each call as its name and what there is of its arguments. */
export interface PartialReply {
  readonly words: string;
  readonly calls: readonly string[];
}

/** How a call reports its progress and learns that nobody waits for it any more. */
export interface ModelCall {
  readonly signal: AbortSignal;
  /** Called with all of the reply so far whenever more of it has arrived. */
  readonly onPartial: (soFar: PartialReply) => void;
  /** A person wants the server asked even if it is thought to be ill. */
  readonly insist?: boolean;
}

/** Other agents, as Temporal knows them. */
export interface AgentsPort {
  look(sight: AgentSight): Promise<AgentLooks>;
  find(id: string): Promise<FoundAgent>;
  /** Fails with an `ApplicationFailure`, which may be tried again unless the agent's refusal is final. Does nothing twice. */
  deliver(delivery: Delivery): Promise<DeliveryOutcome>;
}

/** What other agents did, for forks of them. Fails with an `ApplicationFailure` whose type is in the failure table. */
export interface RecordsPort {
  point(fork: Fork): Promise<ForkPoint>;
  turn(origin: AgentSight, turn: number): Promise<RecordedTurn>;
  calls(origin: AgentSight, wanted: readonly WantedCall[]): Promise<RecalledCalls>;
}

/** How people are told of something. Fails with `NotificationFailed`; whoever gets the same notice twice knows it by its id. */
export interface NotifierPort {
  notify(notice: Notice): Promise<void>;
}

/** What keeps the histories of runs that have closed. */
export interface ArchivePort {
  /** Stores what has closed and is not there yet. Does nothing twice. */
  sweep(wanted: SweepWanted): Promise<Sweep>;
}

export interface SweepWanted {
  /** Everything that has closed before, by the server's clock, in milliseconds since 1970. */
  readonly until: number;
  /** Ends it between two runs. */
  readonly signal: AbortSignal;
  readonly onArchived: () => void;
}

/** A model server. Fails with an `ApplicationFailure` whose type is in the failure table. */
export interface ModelPort {
  reply(question: ModelQuestion, call: ModelCall): Promise<ModelReply>;
}

/** A server of tools with the name that a definition gives it. */
export interface NamedServer {
  readonly server: string;
  readonly connection: McpServer;
}

/** How a call of a server's tool proves that it still counts, and learns that nobody waits for it any more. */
export interface McpCall {
  /** Idempotency key; a server that knows what to do with it finds it in the request. */
  readonly key: string;
  readonly signal: AbortSignal;
  readonly progress: (details: string) => void;
  readonly confirmLease: () => Promise<void>;
}

/**
 * Servers that speak the Model Context Protocol. Both methods fail with `ToolUnavailable` while a server can't be reached, before
 * anything was asked of it.
 */
export interface McpPort {
  /** The tools that a server has now; waits no longer than this many milliseconds. */
  tools(server: NamedServer, waitMs: number): Promise<McpDeclaration[]>;
  /**
   * Calls a tool if the server still says of it what it said when the target was made; otherwise fails with a `ToolError` that
   * names the change, and does not call. Any error that is neither of the two leaves open whether the tool acted.
   */
  call(target: McpTarget, args: JsonObject, call: McpCall): Promise<Json>;
  /** Ends all connections, and the processes that were started for them. */
  close(): Promise<void>;
}
