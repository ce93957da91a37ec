import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DemoPlace } from './demo-place.ts';

/** SQLite keeps a log and an index beside the file; a ledger without them would lack its last payments. */
const ledgerFiles = ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm'];

/** Puts an earlier run's ledger aside: a new agent must not find its invoices paid. Returns where it is now. */
export function putLedgerAside(
  { dataDir, ledgerFile }: DemoPlace,
  earlierAgent: string | undefined,
): string | undefined {
  if (!existsSync(ledgerFile)) return undefined;
  // An id may hold what a file name may not; those of the demo itself don't.
  const folder = join(dataDir, 'previous', basename(earlierAgent ?? `before-${Date.now()}`));
  mkdirSync(folder, { recursive: true });
  for (const name of ledgerFiles) {
    if (existsSync(join(dataDir, name))) renameSync(join(dataDir, name), join(folder, name));
  }
  return folder;
}
