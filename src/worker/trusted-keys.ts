import { adminKeyIn } from '../storage/admin-key.ts';
import type { WorkerEnvironment } from './environment.ts';

/** Those that are named, and that of the admin server that shares the data folder. Who can't read it needs one that is named. */
export function trustedKeys(
  { PERDURE_DATA_DIR: dataDir, PERDURE_TRUSTED_KEYS: named }: WorkerEnvironment,
  report: (line: string) => void,
): string[] {
  try {
    return [...new Set([adminKeyIn(dataDir).publicKey, ...(named ?? [])])];
  } catch (error) {
    if (named === undefined)
      report(
        `no admin server is trusted to say who is signed in, because its key can't be read: ${error instanceof Error ? error.message : String(error)}. Let this process read it, or name its public key in PERDURE_TRUSTED_KEYS`,
      );
    return named ?? [];
  }
}
