import type { Client } from '@temporalio/client';
import type { BenchStack } from './stack.ts';
import type { Sizes } from './sizes.ts';

/** What a section has to measure with. */
export interface Bench {
  readonly client: Client;
  readonly stack: BenchStack;
  readonly sizes: Sizes;
  /** Says how far it is, for whoever waits. */
  readonly say: (line: string) => void;
}

export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Outcome {
  readonly tables: readonly Table[];
  /** How many targets were missed. */
  readonly missed: number;
}

/** One question and its answer; `--only` takes the name. */
export interface Section {
  readonly name: string;
  readonly title: string;
  /** How it is measured and how to read it, for the page. */
  readonly about: string;
  readonly measure: (bench: Bench) => Promise<Outcome>;
}

/** Counts what was missed while the rows are made. */
export class Targets {
  missed = 0;

  /** The last two columns of a row. */
  judge(target: string, met: boolean): [target: string, verdict: string] {
    if (!met) this.missed += 1;
    return [target, met ? 'met' : 'MISSED'];
  }
}
