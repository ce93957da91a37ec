import type { LoadedDataConverter } from '@temporalio/common';
import { FoldedRun } from '../core/fold-run.ts';
import { type HistoryEvent, readActivations } from './activations.ts';
import { readBeginning } from './read-head.ts';

/**
 * The workflow task that brought a run to the end of a turn, by the id of the event that completed it: where Temporal
 * has to reset the run to, which does that task over. Undefined if the turn did not end in this run.
 */
export async function resetTask(
  agentId: string,
  events: readonly HistoryEvent[],
  converter: LoadedDataConverter,
  turn: number,
): Promise<HistoryEvent['eventId']> {
  const { activations } = await readActivations(events, converter);
  const { initial } = await readBeginning(agentId, events[0], converter, activations[0]);
  const run = new FoldedRun(initial);
  for (const [position, activation] of activations.entries()) {
    run.activate(activation, position === 0);
    if (run.state.checkpoint < turn || run.state.phase === 'loading') continue;
    return events.find(({ eventId }) => String(eventId) === activation.task)?.eventId;
  }
  return undefined;
}
