import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { ContextNews } from '../contracts/context-news.ts';
import type { AgentState } from '../contracts/state.ts';
import { addedSince } from '../core/context.ts';
import { modelTools } from '../core/model-tools.ts';

export interface ContextSinks extends Sinks {
  context: { feed(news: ContextNews): void };
}

const { context } = proxySinks<ContextSinks>();

/** Tells the worker's cache what changed. Workers without it ask by query instead, so losing this loses nothing. */
export function feedContext(before: AgentState | undefined, after: AgentState): void {
  if (before?.contextHash === after.contextHash || after.context.length === 0) return;
  const { agentId, contextHash } = after;
  const added = before && before.context.length > 0 ? addedSince(before, after) : undefined;
  if (before && added) {
    context.feed({ agentId, after: before.contextHash, contextHash, entries: added });
  } else {
    context.feed({ agentId, contextHash, entries: after.context, tools: modelTools(after) });
  }
}
