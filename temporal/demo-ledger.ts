import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ChosenAgent } from './demo-kind.ts';
import type { DemoPlace } from './demo-place.ts';
import { writing } from './writing.ts';

const ledgerName = 'ledger.sqlite';
/** SQLite keeps a log and an index beside the file; a ledger without them would lack its last payments. */
const ledgerFiles = [ledgerName, `${ledgerName}-wal`, `${ledgerName}-shm`];

/**
 * Sees to it that the agent finds its own ledger and no other: a new one must not find its invoices paid, and one that goes on
 * must not find them unpaid because another was run meanwhile. Without a word of whose ledger is there, it is that of the
 * agent that goes on, or of the newest. Gives lines for people.
 */
export function takeLedger(
  { dataDir, ledgerFile }: Pick<DemoPlace, 'dataDir' | 'ledgerFile'>,
  { id, resumed }: ChosenAgent,
  newest: string | undefined,
): string[] {
  return writing(dataDir, () => {
    const ownerFile = join(dataDir, 'ledger-agent');
    const known = existsSync(ownerFile) ? readFileSync(ownerFile, 'utf8') : undefined;
    const owner = known ?? (resumed ? id : newest);
    const lines: string[] = [];
    if (owner !== id && existsSync(ledgerFile)) {
      const aside = keptFor(dataDir, owner ?? `before-${Date.now()}`);
      moveLedger(dataDir, aside);
      lines.push(`Ledger      ${resumed ? '' : 'starts empty; '}the last run's is in ${aside}`);
    }
    writeFileSync(ownerFile, id);
    const kept = keptFor(dataDir, id);
    if (!existsSync(ledgerFile) && existsSync(join(kept, ledgerName))) {
      moveLedger(kept, dataDir);
      lines.push(`Ledger      this agent's own is back from ${kept}`);
    }
    return lines;
  });
}

/** An id may hold what a file name may not; those of the demo itself don't. */
function keptFor(dataDir: string, agent: string): string {
  return join(dataDir, 'previous', basename(agent));
}

function moveLedger(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ledgerFiles) {
    if (existsSync(join(from, name))) renameSync(join(from, name), join(to, name));
  }
}
