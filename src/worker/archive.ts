import { join } from 'node:path';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { ArchivePort } from '../activities/ports.ts';
import { sweep } from '../archive/sweeping.ts';
import { configuredConverter } from '../payloads/converter.ts';
import { archiveFileName } from '../storage/archive.ts';
import { auditFolder } from '../storage/audit-file.ts';
import { AuditReader } from '../storage/audit-reader.ts';
import { openArchive } from '../storage/sqlite-archive.ts';
import type { WorkerEnvironment } from './environment.ts';
import { forgetOldSweeps } from './old-sweeps.ts';

export interface WorkerArchiveOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly maxHistoryBytes: number;
  /** Aborted when the worker is told to stop. */
  readonly stopping: AbortSignal;
  readonly report: (line: string) => void;
}

/** The archive of the data folder, filled through the worker's own connection. */
export function openWorkerArchive(
  environment: WorkerEnvironment,
  { connection, namespace, maxHistoryBytes, stopping, report }: WorkerArchiveOptions,
): ArchivePort & { readonly close: () => Promise<void> } {
  const { PERDURE_AUDIT, PERDURE_DATA_DIR: dataDir, PERDURE_TASK_QUEUE: taskQueue } = environment;
  const client = new Client({ connection, namespace, dataConverter: configuredConverter() });
  const store = openArchive(
    join(dataDir, archiveFileName),
    (message, cause) => new Error(message, { cause }),
  );
  const audit = {
    ...{ folder: join(dataDir, auditFolder), values: PERDURE_AUDIT === 'values' },
    reader: new AuditReader(),
  };
  return {
    sweep: async ({ until, signal, onArchived }) => {
      const options = { taskQueue, until, maxHistoryBytes, onArchived, report };
      try {
        const ended = AbortSignal.any([signal, stopping]);
        const swept = await sweep(client, { store, audit }, { ...options, signal: ended });
        await forgetOldSweeps(client, taskQueue, until);
        return swept;
      } catch (error) {
        report(`archiving is put off: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
      }
    },
    close: () => store.close(),
  };
}
