import * as z from 'zod';
import { MemoryScope } from '../contracts/definition.ts';

/** Something that an agent kept for later, with its source: who reads it can tell whose word it is and how old. */
export const Memory = z.object({
  id: z.string(),
  text: z.string(),
  label: z.string().optional(),
  /** Who recalls it: the agent alone, or every agent of its definition. */
  scope: MemoryScope,
  definition: z.string(),
  agent: z.string(),
  /** The agent's first run, which tells agents apart that had the same id one after the other. */
  firstRun: z.string(),
  turn: z.int(),
  /** ISO 8601. */
  at: z.string(),
});
export type Memory = z.infer<typeof Memory>;

/** The `key` of the call that keeps it: a repeat keeps nothing twice. */
export type NewMemory = Omit<Memory, 'id' | 'at'> & { readonly key: string; readonly now: Date };

export interface Recollection {
  readonly definition: string;
  readonly firstRun: string;
  readonly scope: MemoryScope;
  readonly label?: string | undefined;
  /** Any text. What fits best comes first, and what fits equally well newest first; without a word in it, all do. */
  readonly query: string;
  readonly limit: number;
}

export interface MemoryFilter {
  readonly definition?: string | undefined;
  readonly agent?: string | undefined;
  readonly label?: string | undefined;
  /** As the query of a recollection. */
  readonly search?: string | undefined;
  readonly limit: number;
}

/** An agent that has kept something for itself alone. */
export interface MemoryOwner {
  readonly agent: string;
  readonly firstRun: string;
  readonly memories: number;
}

/**
 * Where memories are kept, for all agents and for the people who look after them. Methods fail with the error that the
 * store was opened with when it can't be used now. Asynchronous, so that it can be a server.
 */
export interface MemoryStore {
  /** Keeps a memory and gives it back; the same key gives the first one. Undefined: the definition has no more room. */
  keep(memory: NewMemory): Promise<Memory | undefined>;
  /** What an agent may recall: its own, and in the scope `definition` what others of its definition shared. */
  recall(recollection: Recollection): Promise<Memory[]>;
  /** For people; newest first unless they search. */
  list(filter: MemoryFilter): Promise<Memory[]>;
  /** Deletes what there is of these ids for good, and gives the ids that there were. */
  delete(ids: readonly string[]): Promise<string[]>;
  /** Everybody who has kept something for itself. */
  owners(): Promise<MemoryOwner[]>;
  /** Deletes for good what agents with these first runs kept for themselves, and gives how much that was. */
  forget(firstRuns: readonly string[]): Promise<number>;
  close(): void;
}

/** A text that can be understood by itself; longer ones belong into a file. */
export const maxMemoryChars = 4_000;
export const maxLabelChars = 100;
/** Of one definition, over all of its agents: some 40 MB of text at the most, which a search gets through in milliseconds. */
export const maxMemoriesPerDefinition = 10_000;
