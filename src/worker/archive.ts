import { join } from 'node:path';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { ArchivePort } from '../activities/ports.ts';
import { archiveRun, untilClosed } from '../archive/archiving.ts';
import { dataConverter } from '../contracts/data-converter.ts';
import { auditFolder } from '../storage/audit-file.ts';
import { archiveFileName, openArchive } from '../storage/sqlite-archive.ts';
import type { WorkerEnvironment } from './environment.ts';

/** The archive of the data folder, filled through the worker's own connection. */
export function openWorkerArchive(
  environment: WorkerEnvironment,
  connection: NativeConnection,
  namespace: string,
): ArchivePort & { readonly close: () => Promise<void> } {
  const { PERDURE_AUDIT, PERDURE_DATA_DIR: dataDir } = environment;
  const client = new Client({ connection, namespace, dataConverter });
  const store = openArchive(
    join(dataDir, archiveFileName),
    (message, cause) => new Error(message, { cause }),
  );
  const audit = { folder: join(dataDir, auditFolder), values: PERDURE_AUDIT === 'values' };
  return {
    archive: async (run) => {
      const outcome = await archiveRun(client, { store, audit }, run);
      if (outcome !== 'open') return outcome;
      await untilClosed(client, run);
      return archiveRun(client, { store, audit }, run);
    },
    close: () => store.close(),
  };
}
