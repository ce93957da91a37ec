import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveStore } from '../storage/archive.ts';
import { archiveFileName, openArchive } from '../storage/sqlite-archive.ts';
import { GatewayError } from './gateway-error.ts';

/**
 * The archive of a data folder. Looking must not make a file: until something is kept there is nothing to find. Fails
 * `ArchiveUnavailable` for what an operator can mend.
 */
export function archiveIn(dataDir: string): ArchiveStore {
  const file = join(dataDir, archiveFileName);
  const store = openArchive(file, unavailable);
  const ask = async <Answer>(question: () => Promise<Answer>, otherwise: Answer): Promise<Answer> =>
    existsSync(file) ? question() : otherwise;
  return {
    keep: (run, history) => store.keep(run, history),
    find: (...of) => ask(() => store.find(...of), undefined),
    history: (runId) => ask(() => store.history(runId), undefined),
    known: (runIds) => ask(() => store.known(runIds), new Set()),
    list: (filter) => ask(() => store.list(filter), []),
    prunable: (rule) => ask(() => store.prunable(rule), []),
    delete: (runIds) => ask(() => store.delete(runIds), 0),
    close: () => store.close(),
  };
}

function unavailable(message: string, cause: unknown): GatewayError {
  return new GatewayError('ArchiveUnavailable', `${message}.`, {
    help: 'Mend what the message names, and try again.',
    cause,
  });
}
