import type { Client } from '@temporalio/client';
import { archiveRun, type ArchivePlaces, RunTrouble } from '../archive/archiving.ts';
import { closedRuns } from '../archive/closed-runs.ts';
import { toGatewayError } from './failures.ts';
import { GatewayError } from './gateway-error.ts';

export interface Synced {
  readonly archived: number;
  readonly there: number;
  /** Runs that could not be archived, or whose audit could not go on. */
  readonly failed: readonly { readonly agent: string; readonly runId: string; readonly message: string }[];
}

/** Archives every closed run of an agent that the server still has. What is there already is only looked for by its id. */
export async function syncArchive(
  client: Client,
  places: ArchivePlaces,
  progress: (done: number) => void,
): Promise<Synced> {
  try {
    return await archiveAll(client, places, progress);
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      throw new GatewayError('ArchiveUnavailable', `The audit can't be written: ${error.message}.`, {
        cause: error,
      });
    throw toGatewayError(error) ?? error;
  }
}

async function archiveAll(
  client: Client,
  places: ArchivePlaces,
  progress: (done: number) => void,
): Promise<Synced> {
  const { store } = places;
  const failed: { agent: string; runId: string; message: string }[] = [];
  let [archived, done] = [0, 0];
  // What the server's clock says may be a little ahead; nothing closes a day from now.
  for await (const { runs } of closedRuns(client, { from: 0, until: Date.now() + 86_400_000 })) {
    const ids = runs.map(({ runId }) => runId);
    const known = await store.known(ids);
    const noted = await store.sweeps.noted(ids);
    for (const { agent, runId } of runs) {
      done += 1;
      progress(done);
      // What sweeps could store only without its audit is tried again, now that somebody asks.
      if (known.has(runId) && !noted.has(runId)) continue;
      try {
        if ((await archiveRun(client, places, { agent, runId })) === 'archived') archived += 1;
        await store.sweeps.settle(runId);
      } catch (error) {
        if (!(error instanceof RunTrouble)) throw error;
        failed.push({ agent, runId, message: error.message });
      }
    }
  }
  return { archived, there: done - archived - failed.length, failed };
}
