import type { AgentMessage } from './messages.ts';
import type { ForkPoint, InlineResults, LoadedDefinition, RecalledCalls } from './activities.ts';
import type { Child, ChildEnding } from './child.ts';
import type { ModelReply } from './model.ts';
import type { RecordedTurn } from './state.ts';
import type { Assessment, ConditionCheck, Reconciliation, ToolOutcome } from './tool.ts';

/** A failure as an activity reported it, type from the failure table. */
export interface ActivityProblem {
  readonly type: string;
  readonly message: string;
  readonly retryAfterMs?: number;
  /** Another model may well answer. Only rate limits say so; other failures of a model always lead to the next one. */
  readonly otherModels?: boolean;
  /** Of a tool's step: it may have been done all the same, as a rule by an attempt before the one that failed. */
  readonly mayHaveActed?: true;
  /** The tool itself was not run in the attempt that failed: the facts could not be had, or this worker has no such tool. */
  readonly notBegun?: true;
}

/** Everything that can happen to an agent. `at` is in milliseconds since the epoch; core has no clock of its own. */
export type AgentEvent = { readonly at: number } & (
  | { readonly type: 'definition-loaded'; readonly loaded: LoadedDefinition }
  | { readonly type: 'definition-failed'; readonly problem: ActivityProblem }
  /** Temporal cut the history off here, and tells what was said since once more. */
  | { readonly type: 'reset' }
  /** A fork knows where it begins. */
  | { readonly type: 'fork-loaded'; readonly point: ForkPoint }
  | { readonly type: 'record-read'; readonly recorded: RecordedTurn }
  | { readonly type: 'calls-recalled'; readonly found: RecalledCalls }
  /** What the agent that was forked did can't be read any more. */
  | { readonly type: 'record-lost'; readonly problem: ActivityProblem }
  /** `inline` becomes an event of its own, right after this one. */
  | {
      readonly type: 'model-replied';
      readonly reply: ModelReply;
      readonly inline?: InlineResults;
      /** The command that was answered. Undefined: the one that is asked for now. */
      readonly command?: string;
    }
  | { readonly type: 'model-failed'; readonly problem: ActivityProblem; readonly command?: string }
  | { readonly type: 'calls-assessed'; readonly assessments: readonly Assessment[] }
  | { readonly type: 'tool-ended'; readonly index: number; readonly outcome: ToolOutcome }
  /** No attempt could establish the facts of these calls. */
  | {
      readonly type: 'assessment-lost';
      readonly indexes: readonly number[];
      readonly problem: ActivityProblem;
    }
  | {
      readonly type: 'tool-lost';
      readonly index: number;
      readonly problem: ActivityProblem;
      /** In a history from before tools were waited for and reconciled: a person is asked, or the model told, at once. */
      readonly asksAtOnce?: true;
    }
  /** No worker had a slot for a quick step in time, so this attempt of it never began. */
  | { readonly type: 'tool-not-started'; readonly index: number; readonly mayHaveActed?: true }
  | { readonly type: 'tool-reconciled'; readonly index: number; readonly found: Reconciliation }
  | { readonly type: 'reconciliation-lost'; readonly index: number; readonly problem: ActivityProblem }
  /** Of the call in that turn: a check may outlive the call that it was for. */
  | {
      readonly type: 'condition-checked';
      readonly turn: number;
      readonly index: number;
      readonly found: ConditionCheck;
    }
  | {
      readonly type: 'condition-lost';
      readonly turn: number;
      readonly index: number;
      readonly problem: ActivityProblem;
    }
  | { readonly type: 'batch-ended'; readonly outcomes: readonly { index: number; outcome: ToolOutcome }[] }
  | { readonly type: 'batch-lost'; readonly indexes: readonly number[] }
  | { readonly type: 'child-started'; readonly child: string; readonly run: string }
  /** Temporal did not start it, for this reason. */
  | { readonly type: 'child-refused'; readonly child: string; readonly problem: ActivityProblem }
  | { readonly type: 'child-ended'; readonly child: string; readonly ending: ChildEnding }
  | { readonly type: 'child-told'; readonly child: string; readonly told: Child['told'] }
  /** There is nobody to be told any more. */
  | { readonly type: 'child-missed'; readonly child: string }
  /** Somebody looked: it is still there. */
  | { readonly type: 'child-seen'; readonly child: string }
  | { readonly type: 'parent-seen'; readonly isOpen: boolean }
  | { readonly type: 'message-received'; readonly message: AgentMessage }
  | { readonly type: 'message-refused'; readonly name: string; readonly reason: string }
  | { readonly type: 'time-passed' }
  | { readonly type: 'context-overfull' }
  /** So many messages have come in this run that the server will soon refuse signals. */
  | { readonly type: 'run-crowded' }
  /** Every call in flight has ended while the agent is stopping. */
  | { readonly type: 'drained' }
  | { readonly type: 'cancelled'; readonly reason: string }
);

/** An event as it happens; whoever records it adds the time. */
export type NewEvent = AgentEvent extends infer Event
  ? Event extends AgentEvent
    ? Omit<Event, 'at'>
    : never
  : never;
