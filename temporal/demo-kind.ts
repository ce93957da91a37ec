import type { Outcome } from '../src/contracts/state.ts';
import type { DemoPlace } from './demo-place.ts';

/** The agent that a run of the demo is about. */
export interface ChosenAgent {
  readonly id: string;
  /** Whether an interrupted run of the demo goes on. */
  readonly resumed: boolean;
}

/** What one demo shows; how it is run is the same for all. */
export interface DemoKind {
  /** What the person at the terminal typed. */
  readonly command: string;
  readonly definition: string;
  /** What the agent is asked to do; how is in its definition. */
  readonly goal: string;
  /** Folder of the data below `.perdure`, unless another one is named. */
  readonly dataFolder: string;
  /** The input, unless another one is named. */
  readonly workspace: string;
  /** Runs before any worker does; `newest` is the agent that was begun last. Gives lines that say what it did. */
  readonly prepare: (place: DemoPlace, agent: ChosenAgent, newest: string | undefined) => readonly string[];
  /** What really came of it, for the person to see. */
  readonly summary: (place: DemoPlace, outcome: Outcome) => string;
}
