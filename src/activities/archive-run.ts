import { ApplicationFailure } from '@temporalio/common';
import type { RunToArchive } from '../contracts/archived-run.ts';
import { AuditBroken } from '../storage/audit-file.ts';
import { withHeartbeat } from './lease.ts';
import type { ArchivePort } from './ports.ts';

/**
 * Has a run archived once it has closed. A worker that has no archive leaves it to one that has, or to `perdure archive sync`. Fails
 * `ArchiveUnavailable`, which passes, or `AuditBroken`, which is for people to look at.
 */
export async function archiveRun(run: RunToArchive, archive: ArchivePort | undefined): Promise<void> {
  if (!archive) throw unavailable('this worker has no archive (PERDURE_ARCHIVE is off)');
  try {
    const outcome = await withHeartbeat(nothing, () => archive.archive(run));
    if (outcome === 'open') throw unavailable('the run has not closed yet');
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    if (error instanceof AuditBroken)
      throw ApplicationFailure.create({ type: 'AuditBroken', message: error.message, nonRetryable: true });
    throw unavailable(error instanceof Error ? error.message : String(error), error);
  }
}

const nothing = (): undefined => undefined;

function unavailable(message: string, cause?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'ArchiveUnavailable',
    message,
    ...(cause instanceof Error ? { cause } : {}),
  });
}
