import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { archiveFileName, type ArchiveStore } from './archive.ts';
import type { MakeUnavailable } from './sqlite-file.ts';

/**
 * The archive of a data folder. Looking must not make a file: until something is kept there is nothing to find, and what reads
 * and writes archives need not be loaded.
 */
export function archiveIn(dataDir: string, unavailable: MakeUnavailable): ArchiveStore {
  const file = join(dataDir, archiveFileName);
  let opened: Promise<ArchiveStore> | undefined;
  const open = (): Promise<ArchiveStore> =>
    (opened ??= import('./sqlite-archive.ts').then(({ openArchive }) => openArchive(file, unavailable)));
  const ask = async <Answer>(
    question: (store: ArchiveStore) => Promise<Answer>,
    otherwise: Answer,
  ): Promise<Answer> => (existsSync(file) ? question(await open()) : otherwise);
  return {
    keep: async (run, history) => (await open()).keep(run, history),
    find: (...of) => ask((store) => store.find(...of), undefined),
    history: (runId) => ask((store) => store.history(runId), undefined),
    known: (runIds) => ask((store) => store.known(runIds), new Set()),
    list: (filter) => ask((store) => store.list(filter), []),
    prunable: (rule) => ask((store) => store.prunable(rule), []),
    delete: (runIds) => ask((store) => store.delete(runIds), 0),
    sweeps: {
      mark: (...of) => ask(({ sweeps }) => sweeps.mark(...of), undefined),
      advance: async (...to) => (await open()).sweeps.advance(...to),
      troubles: (namespace) => ask(({ sweeps }) => sweeps.troubles(namespace), []),
      due: (...of) => ask(({ sweeps }) => sweeps.due(...of), []),
      noted: (runIds) => ask(({ sweeps }) => sweeps.noted(runIds), new Set()),
      note: async (...what) => (await open()).sweeps.note(...what),
      settle: (runId) => ask(({ sweeps }) => sweeps.settle(runId), undefined),
    },
    close: async () => (await opened)?.close(),
  };
}
