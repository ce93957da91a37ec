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

/** Contexts kept at most, however small: a thousand agents that think at the same time are more than a worker serves. */
const MAX_CONTEXTS = 1_000;
/** Memory of a character: strings that are not all Latin letters take two bytes for each. */
const BYTES_PER_CHAR = 2;
/** A context has at most this many pages; more would mean that the agent changes under the reader. */
const MAX_PAGES = 1_000;

/**
 * The contexts of the agents that run on this worker. A cache only: what is not here is asked of the workflow by
 * query, so that any worker can serve any agent.
 */
export class ContextCache {
  readonly #contexts = new Map<string, Kept>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes news from the workflow. News that does not continue what is known makes it unknown. */
  feed({ agentId, after, contextHash, entries, tools }: ContextNews): void {
    const known = this.#contexts.get(agentId);
    if (after === undefined) {
      this.#keep(agentId, { contextHash, entries, tools: tools ?? [] }, sizeOf([entries, tools]));
    } else if (known?.context.contextHash === after) {
      const all = [...known.context.entries, ...entries];
      const { tools: sameTools } = known.context;
      this.#keep(agentId, { contextHash, entries: all, tools: sameTools }, known.bytes + sizeOf(entries));
    } else if (known?.context.contextHash !== contextHash) {
      this.#drop(agentId);
    }
  }

  /** The context with this hash, from memory or page by page from the workflow itself. */
  async get(
    agentId: string,
    contextHash: string,
    readPage: (offset: number) => Promise<ContextPage>,
  ): Promise<AgentContext> {
    const known = this.#contexts.get(agentId);
    if (known?.context.contextHash === contextHash) {
      this.#keep(agentId, known.context, known.bytes);
      return known.context;
    }
    const context = await readContext(contextHash, readPage);
    this.#keep(agentId, context, sizeOf(context));
    return context;
  }

  #keep(agentId: string, context: AgentContext, bytes: number): void {
    // Re-inserting keeps the map in order of use, so that its first entry is the one to drop.
    this.#drop(agentId);
    this.#contexts.set(agentId, { context, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#contexts.keys()) {
      if (this.#bytes <= this.#maxBytes && this.#contexts.size <= MAX_CONTEXTS) return;
      this.#drop(oldest);
    }
  }

  #drop(agentId: string): void {
    this.#bytes -= this.#contexts.get(agentId)?.bytes ?? 0;
    this.#contexts.delete(agentId);
  }
}

interface Kept {
  readonly context: AgentContext;
  readonly bytes: number;
}

/** About what a value takes in memory; only what is new is counted, so that a turn does not cost more with the agent's age. */
function sizeOf(value: unknown): number {
  return BYTES_PER_CHAR * JSON.stringify(value).length;
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
