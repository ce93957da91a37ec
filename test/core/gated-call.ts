import type { JsonObject } from '../../src/contracts/json.ts';

/** What is known of a call that may only run with somebody's leave. */
export interface Gated {
  /** Arguments that somebody has agreed to, and that no step has been started with. */
  leave?: JsonObject;
  /** The tool could not begin: the leave holds for another try, which need not come. */
  mayTryAgain?: boolean;
  /** The approval or the leave that it ran by last. */
  by?: string | undefined;
  /** Arguments of the step in flight. */
  running?: JsonObject;
  dispatches: number;
  /** How often it took effect, as the world knows though nobody may have been told. */
  effects: number;
  /** Whose arguments it has, where others must agree to them too. */
  editedBy?: string;
  /** Why it must not run any more. */
  refused?: string;
}
