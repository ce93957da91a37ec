import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveStore } from './archive.ts';
import { archiveFileName, openArchive } from './sqlite-archive.ts';
import type { MakeUnavailable } from './sqlite-file.ts';

/** The archive of a data folder. Looking must not make a file: until something is kept there is nothing to find. */
export function archiveIn(dataDir: string, unavailable: MakeUnavailable): ArchiveStore {
  const file = join(dataDir, archiveFileName);
  const store = openArchive(file, unavailable);
  const { sweeps } = store;
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
    sweeps: {
      mark: (...of) => ask(() => sweeps.mark(...of), undefined),
      advance: (...to) => sweeps.advance(...to),
      troubles: (namespace) => ask(() => sweeps.troubles(namespace), []),
      note: (...what) => sweeps.note(...what),
      settle: (runId) => ask(() => sweeps.settle(runId), undefined),
    },
    close: () => store.close(),
  };
}
