import type { Child } from './child.ts';
import type { Fork } from './fork.ts';
import type { ModelRequest } from './model.ts';
import type { AgentStart } from './start.ts';
import type { RecordedCall } from './state.ts';
import type { ToolInvocation } from './tool.ts';
import type { Vouch } from './vouch.ts';

/**
 * Work that a state asks for. The shell starts each id once, and cancels what is no longer asked for.
 * Commands follow from the state alone, so nothing has to be carried beside it.
 */
export type Command = { readonly id: string; readonly summary: string } & (
  | { readonly type: 'load-definition'; readonly name: string }
  /** Where the agent begins that is a fork of another. */
  | { readonly type: 'load-fork'; readonly fork: Fork }
  /** What the agent that was forked did in a turn. */
  | { readonly type: 'read-record'; readonly origin: AgentSight; readonly turn: number }
  /** Whether it made these calls. */
  | { readonly type: 'recall-calls'; readonly origin: AgentSight; readonly calls: readonly WantedCall[] }
  | { readonly type: 'call-model'; readonly request: Omit<ModelRequest, 'runId'> }
  | { readonly type: 'assess-calls'; readonly invocations: readonly ToolInvocation[] }
  | { readonly type: 'run-batch'; readonly invocations: readonly ToolInvocation[] }
  | {
      readonly type: 'run-tool';
      readonly invocation: ToolInvocation;
      readonly retryable: boolean;
      /** Short and harmless to begin twice: it may share the slots of model calls for a moment, and need not wait for its own. */
      readonly quick: boolean;
      readonly timeoutMs: number;
    }
  | { readonly type: 'reconcile-tool'; readonly invocation: ToolInvocation; readonly timeoutMs: number }
  | {
      readonly type: 'check-condition';
      readonly invocation: ToolInvocation;
      readonly condition: string;
      readonly timeoutMs: number;
      /** Short enough to be done within a workflow task. */
      readonly local: boolean;
    }
  | {
      readonly type: 'start-child';
      readonly child: string;
      readonly start: AgentStart;
      readonly vouch: Vouch | undefined;
    }
  | {
      readonly type: 'tell-child';
      readonly child: string;
      readonly signal: 'pause' | 'resume' | 'stop';
      readonly payload: { readonly by: string; readonly reason?: string };
      /** What it knows then. */
      readonly told: Child['told'];
    }
  /** For an agent whose end Temporal does not tell: a child that an earlier run started, or the parent. */
  | { readonly type: 'look-at-agent'; readonly role: 'child' | 'parent'; readonly sight: AgentSight }
);

/** Work that is done by an activity. */
export type StepCommand = Exclude<Command, { type: 'start-child' | 'tell-child' }>;
export type StartChild = Extract<Command, { type: 'start-child' }>;
/** Work that Temporal does by itself. */
export type TreeCommand = Exclude<Command, StepCommand>;

export function isStep(command: Command): command is StepCommand {
  return command.type !== 'start-child' && command.type !== 'tell-child';
}

/** Which agent is looked at: one that has used the same id before or since is another. */
export interface AgentSight {
  readonly agentId: string;
  readonly run: string;
}

/** A call that is looked for on the record of another agent. */
export type WantedCall = Omit<RecordedCall, 'outcome'>;

/** A moment at which something is due although nothing happens. */
export interface Wake {
  readonly id: string;
  readonly at: number;
  readonly summary: string;
}
