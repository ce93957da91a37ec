/** How far sweeps of a task queue have come. */
export interface SweepMark {
  /** Everything that closed before is in the archive or among the troubles (ISO 8601). */
  readonly sweptTo: string;
  /** When a sweep last got so far, by the clock of the process that did. */
  readonly at: string;
}

/** A run that could not be archived, or only without its audit. */
export interface Trouble {
  readonly agent: string;
  readonly runId: string;
  readonly historyBytes: number;
  /** When it was first tried. */
  readonly since: string;
  readonly attempts: number;
  /** When it is tried again; absent: it is given up, and waits for somebody who looks after it. */
  readonly nextAt?: string;
  readonly reason: string;
}

/** What sweeps remember from one time to the next. It lies in the archive, so that both are lost or kept together. */
export interface SweepRecord {
  mark(namespace: string, taskQueue: string): Promise<SweepMark | undefined>;
  /**
   * Does not go back: of two sweeps at once the one that came further counts. Only a mark that lies after `until`, the time of the sweep
   * (ISO 8601), was set by a clock that was ahead, and counts no more.
   */
  advance(namespace: string, taskQueue: string, mark: SweepMark, until: string): Promise<void>;
  /** For people: those that were first tried first. */
  troubles(namespace: string): Promise<Trouble[]>;
  /** What is to be tried again by `now` (ISO 8601): at most so many, those that have waited longest first. */
  due(namespace: string, now: string, limit: number): Promise<Trouble[]>;
  /** Which of these runs are troubles, also given up ones. */
  noted(runIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Writes down a trouble, or what has become of it. */
  note(namespace: string, trouble: Trouble): Promise<void>;
  /** The run is no trouble any more. */
  settle(runId: string): Promise<void>;
}
