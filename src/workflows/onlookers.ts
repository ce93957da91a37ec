import type { AgentState } from '../contracts/state.ts';

/** Told of every change of an agent's state, after it. Looks on and changes nothing. */
export interface Onlooker {
  begun(state: AgentState): void;
  changed(before: AgentState, after: AgentState): void;
}

/** Nobody, unless the worker's bundle has somebody (`telemetry.ts`). One for each workflow: each has modules of its own. */
export const onlookers: Onlooker[] = [];
