import type { NativeConnection } from '@temporalio/worker';
import type { ArchivePort, RecordsPort } from '../activities/ports.ts';
import type { WorkerArchiveOptions } from './archive.ts';
import type { WorkerEnvironment } from './environment.ts';

/**
 * Loads something once, when it is first needed: a worker starts sooner, and one with little memory may never need it. What could
 * not be loaded is tried again the next time.
 */
function late<Value>(load: () => Promise<Value>): {
  get: () => Promise<Value>;
  loaded: () => Promise<Value> | undefined;
} {
  let loaded: Promise<Value> | undefined;
  const get = (): Promise<Value> => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return { get, loaded: () => loaded };
}

/** What other agents did, for forks of them. */
export function lateRecords(
  { PERDURE_DATA_DIR: dataDir }: WorkerEnvironment,
  connection: NativeConnection,
  namespace: string,
): RecordsPort {
  const { get } = late(async () => {
    const { temporalRecords } = await import('./temporal-records.ts');
    return temporalRecords(connection, { namespace, dataDir });
  });
  return {
    point: async (fork) => (await get()).point(fork),
    turn: async (origin, turn) => (await get()).turn(origin, turn),
    calls: async (origin, wanted) => (await get()).calls(origin, wanted),
  };
}

/** The archive of the data folder; none if the settings say so. */
export function lateArchive(
  environment: WorkerEnvironment,
  options: WorkerArchiveOptions,
): (ArchivePort & { readonly close: () => Promise<void> }) | undefined {
  if (environment.PERDURE_ARCHIVE === 'off') return undefined;
  const { get, loaded } = late(async () => {
    const { openWorkerArchive } = await import('./archive.ts');
    return openWorkerArchive(environment, options);
  });
  return {
    sweep: async (wanted) => (await get()).sweep(wanted),
    close: async () => (await loaded())?.close(),
  };
}
