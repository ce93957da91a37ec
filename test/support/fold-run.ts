import type { AgentState } from '../../src/contracts/state.ts';
import type { Activation } from '../../src/core/activation.ts';
import { FoldedRun } from '../../src/core/fold-run.ts';

/** The run that activations come to. */
export function foldRun(initial: AgentState, activations: readonly Activation[]): FoldedRun {
  const run = new FoldedRun(initial);
  activations.forEach((activation, position) => {
    run.activate(activation, position === 0);
  });
  return run;
}
