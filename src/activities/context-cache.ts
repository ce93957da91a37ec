import { ApplicationFailure } from '@temporalio/common';
import type { ContextNews } from '../contracts/context-news.ts';
import type { ContextEntry } from '../contracts/state.ts';
import type { ModelTool } from '../contracts/model.ts';
import type { ContextPage } from '../contracts/status.ts';

/** What an activity needs to ask the model: the whole context, found by its hash. */
export interface AgentContext {
  readonly contextHash: string;
  readonly entries: readonly ContextEntry[];
  readonly tools: readonly ModelTool[];
}

/** Contexts kept at most: as many as a worker keeps workflows by default, so that they are dropped at about the same time. */
const MAX_CONTEXTS = 500;
/** A context has at most this many pages; more would mean that the agent changes under the reader. */
const MAX_PAGES = 1_000;

/**
 * The contexts of the agents that run on this worker. A cache only: what is not here is asked of the workflow by
 * query, so that any worker can serve any agent.
 */
export class ContextCache {
  private readonly contexts = new Map<string, AgentContext>();

  /** Takes news from the workflow. News that does not continue what is known makes it unknown. */
  feed({ agentId, after, contextHash, entries, tools }: ContextNews): void {
    const known = this.contexts.get(agentId);
    if (after === undefined) {
      this.keep(agentId, { contextHash, entries, tools: tools ?? [] });
    } else if (known?.contextHash === after) {
      this.keep(agentId, { contextHash, entries: [...known.entries, ...entries], tools: known.tools });
    } else if (known?.contextHash !== contextHash) {
      this.contexts.delete(agentId);
    }
  }

  /** The context with this hash, from memory or page by page from the workflow itself. */
  async get(
    agentId: string,
    contextHash: string,
    readPage: (offset: number) => Promise<ContextPage>,
  ): Promise<AgentContext> {
    const known = this.contexts.get(agentId);
    if (known?.contextHash === contextHash) return known;
    const context = await readContext(contextHash, readPage);
    this.keep(agentId, context);
    return context;
  }

  private keep(agentId: string, context: AgentContext): void {
    // Re-inserting keeps the map in order of use, so that its first entry is the one to drop.
    this.contexts.delete(agentId);
    this.contexts.set(agentId, context);
    const [oldest] = this.contexts.keys();
    if (this.contexts.size > MAX_CONTEXTS && oldest !== undefined) this.contexts.delete(oldest);
  }
}

async function readContext(
  contextHash: string,
  readPage: (offset: number) => Promise<ContextPage>,
): Promise<AgentContext> {
  const entries: ContextEntry[] = [];
  let tools: readonly ModelTool[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const read = await readPage(entries.length);
    if (read.contextHash !== contextHash) throw superseded();
    if (page === 0) tools = read.tools;
    entries.push(...read.entries);
    if (entries.length >= read.total) return { contextHash, entries, tools };
  }
  throw superseded();
}

/** The agent has moved on since this call was asked for, so nobody waits for its answer. */
function superseded(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'LeaseLost',
    message: 'the agent has gone on without this model call',
    nonRetryable: true,
  });
}
