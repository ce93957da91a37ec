import type { ModelRequest } from './model.ts';
import type { ToolInvocation } from './tool.ts';

/**
 * Work that a state asks for. The shell starts each id once, and cancels what is no longer asked for.
 * Commands follow from the state alone, so nothing has to be carried beside it.
 */
export type Command = { readonly id: string; readonly summary: string } & (
  | { readonly type: 'load-definition'; readonly name: string }
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
);

/** A moment at which something is due although nothing happens. */
export interface Wake {
  readonly id: string;
  readonly at: number;
  readonly summary: string;
}
