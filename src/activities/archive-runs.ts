import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Sweep } from '../contracts/archive-sweep.ts';
import { withHeartbeat } from './lease.ts';
import type { ArchivePort } from './ports.ts';

/** Archives what has closed until now, by the server's clock. Fails `ArchiveUnavailable`; what was stored before that is stored. */
export async function archiveRuns(archive: ArchivePort): Promise<Sweep> {
  const { info, cancellationSignal: signal } = Context.current();
  let archived = 0;
  try {
    return await withHeartbeat(
      () => `${archived} runs archived`,
      () =>
        archive.sweep({
          until: info.currentAttemptScheduledTimestampMs,
          signal,
          onArchived: () => (archived += 1),
        }),
    );
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    throw ApplicationFailure.create({
      type: 'ArchiveUnavailable',
      message: error instanceof Error ? error.message : String(error),
      ...(error instanceof Error ? { cause: error } : {}),
    });
  }
}
