/** How much is measured. */
export interface Sizes {
  /** Interleaved runs, or kills, of which the median counts. */
  readonly runs: number;
  /** Turns of a run that compares the cost of a turn. */
  readonly turns: number;
  /** Turns of a run that looks for a cost that grows. */
  readonly oldAge: number;
  /** Turns of an agent that somebody looks at afterwards. */
  readonly longLife: number;
  /** Agents at a time, and the turns of each. */
  readonly agents: number;
  readonly agentTurns: number;
  /** Decisions in a run. */
  readonly decisions: number;
  readonly waiting: number;
  readonly woken: number;
  /** Model calls of the long conversation. */
  readonly conversation: number;
  /** Turns of the agent that is archived. */
  readonly archived: number;
}

export const full: Sizes = {
  runs: 5,
  turns: 300,
  oldAge: 1_000,
  longLife: 2_000,
  agents: 100,
  agentTurns: 10,
  decisions: 40,
  waiting: 5_000,
  woken: 500,
  conversation: 100,
  archived: 1_000,
};

/** Shows that everything works; its figures are worth little. */
export const quick: Sizes = {
  runs: 1,
  turns: 30,
  oldAge: 120,
  longLife: 120,
  agents: 10,
  agentTurns: 3,
  decisions: 5,
  waiting: 20,
  woken: 10,
  conversation: 100,
  archived: 40,
};
