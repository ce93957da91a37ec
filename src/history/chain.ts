import type { LoadedDataConverter } from '@temporalio/common';
import { HistoryMismatch } from '../core/fold-run.ts';
import type { HistoryEvent } from './activations.ts';
import { type ReadRun, readRun } from './read-run.ts';

/** A chain this long would take minutes to read. */
const MAX_RUNS = 2_000;

/** Where histories are read from: the newest run of an agent, or a given one. */
export type ReadHistory = (agentId: string, runId?: string) => Promise<readonly HistoryEvent[]>;

/** The runs of an agent, the newest first, each folded when it is asked for. */
export async function* readRuns(
  agentId: string,
  read: ReadHistory,
  converter: LoadedDataConverter,
  newest?: string,
): AsyncGenerator<ReadRun> {
  let runId = newest;
  for (let runs = 0; runs < MAX_RUNS; runs += 1) {
    const run = await readRun(agentId, await read(agentId, runId), converter);
    yield run;
    if (run.previousRunId === undefined) return;
    runId = run.previousRunId;
  }
  throw new HistoryMismatch(`agent ${agentId} has more than ${MAX_RUNS} runs`);
}
