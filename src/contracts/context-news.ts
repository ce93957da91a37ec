import type { ModelTool } from './model.ts';
import type { ContextEntry } from './state.ts';

/** News of an agent's context, from its workflow to the cache of the worker it runs on; costs nothing in the history. */
export interface ContextNews {
  readonly agentId: string;
  /** Hash of the context that the entries continue; absent when they are the whole of it. */
  readonly after?: string;
  readonly contextHash: string;
  readonly entries: readonly ContextEntry[];
  /** Comes with a whole context. */
  readonly tools?: readonly ModelTool[];
}
