import type { ArchiveStore } from '../storage/archive.ts';
import { archiveIn as knownArchive } from '../storage/known-archive.ts';
import { GatewayError } from './gateway-error.ts';

/** The archive of a data folder, which looking does not make. Fails `ArchiveUnavailable` for what an operator can mend. */
export function archiveIn(dataDir: string): ArchiveStore {
  return knownArchive(
    dataDir,
    (message, cause) =>
      new GatewayError('ArchiveUnavailable', `${message}.`, {
        help: 'Mend what the message names, and try again.',
        cause,
      }),
  );
}
