import type { ArchivedRun } from '../contracts/archived-run.ts';
import type { SweepRecord } from './sweeps.ts';

/** The file's name in PERDURE_DATA_DIR. */
export const archiveFileName = 'archive.sqlite';

export interface ArchiveFilter {
  readonly namespace: string;
  /** Any of these; all, unless given. */
  readonly statuses?: readonly ArchivedRun['status'][] | undefined;
  readonly definition?: string | undefined;
  readonly agent?: string | undefined;
  /** Beginnings of ids, any of which will do; none: all. */
  readonly idPrefixes?: readonly string[] | undefined;
  /** Also runs after which their agent went on in another one. */
  readonly continued?: boolean | undefined;
  /** Only what comes behind this one in the list. */
  readonly after?: { readonly startedAt: string; readonly runId: string } | undefined;
  readonly limit: number;
}

export interface PruneRule {
  readonly namespace: string;
  /** Of agents that ended before (ISO 8601). */
  readonly endedBefore?: string | undefined;
  /** Of all but so many agents, those that ended last. */
  readonly keep?: number | undefined;
}

/** A run with what it takes: bytes of its history, and as it is stored. */
export interface StoredRun {
  readonly run: ArchivedRun;
  readonly bytes: number;
  readonly storedBytes: number;
  /** Of the history, hexadecimal. */
  readonly sha256: string;
}

/**
 * Where histories are kept that Temporal deletes after its retention, for as long as somebody wants them. A history goes in and
 * comes out as the same bytes. Methods fail with the error that the store was opened with when it can't be used now.
 */
export interface ArchiveStore {
  /** Keeps a run with its history; false if it was there already. What is there is never changed. */
  keep(run: ArchivedRun, history: Uint8Array): Promise<boolean>;
  /** The run of an agent with this id, or else the one that closed last. */
  find(namespace: string, agent: string, runId?: string): Promise<ArchivedRun | undefined>;
  /** What was kept, unharmed: anything else is a failure. Undefined if there is no such run. */
  history(runId: string): Promise<Uint8Array | undefined>;
  /** Which of these runs are there. */
  known(runIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those that started last first. */
  list(filter: ArchiveFilter): Promise<StoredRun[]>;
  /** All runs of agents that have ended, as far as what is here tells, and that the whole rule fits. */
  prunable(rule: PruneRule): Promise<StoredRun[]>;
  /** Deletes runs for good, and gives how many there were. */
  delete(runIds: readonly string[]): Promise<number>;
  /** What sweeps remember. */
  readonly sweeps: SweepRecord;
  close(): Promise<void>;
}
