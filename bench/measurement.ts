import type { HistoryBytes } from './history-bytes.ts';

export interface Measured {
  readonly msPerTurn: number;
  /** Of agents only. */
  readonly history?: HistoryBytes;
}

/** What was measured of each variant, by its name, in the order of the rounds. */
export type Measurements = ReadonlyMap<string, readonly Measured[]>;
