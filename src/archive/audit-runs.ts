import { auditOf } from '../core/audit.ts';
import type { AuditEntry } from '../contracts/audit.ts';
import type { HistoryEvent } from '../history/activations.ts';
import { closingOf } from '../history/closing.ts';
import { inTurns } from '../history/in-turns.ts';
import type { ReadRun } from '../history/read-run.ts';

/** A run with its history, and what was made of it. */
export interface WholeRun {
  readonly runId: string;
  readonly events: readonly HistoryEvent[];
  readonly read: ReadRun;
}

/** A chain this long would take minutes to read. */
const MAX_RUNS = 2_000;

/** Everything that a run's audit says. */
export async function entriesOf({ runId, events, read }: WholeRun, values: boolean): Promise<AuditEntry[]> {
  const closing = closingOf(events);
  const { record, previousRunId } = read;
  const closed = closing && { at: closing.at, how: closing.status, why: closing.why };
  const entries: AuditEntry[] = [];
  await inTurns(auditOf(record, { runId, previousRunId, closed }, { values }), (entry) => {
    entries.push(entry);
  });
  return entries;
}

/** Runs that were reset to become this one: its history begins with theirs. */
export function basesOf({ events }: Pick<WholeRun, 'events'>): string[] {
  return events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed?.baseRunId ? [failed.baseRunId] : [],
  );
}

interface Walk<Kept> {
  readonly isKnown: (runId: string) => boolean;
  readonly find: (runId: string) => Promise<WholeRun | undefined>;
  /** What is wanted of a run: a chain of whole ones would take as much memory as the agent's life is long. */
  readonly keep: (run: WholeRun) => Promise<Kept>;
}

/**
 * What is wanted of a run and of those before it, the first one first, back to where nothing is missing, or to where nobody has
 * them any more.
 */
export async function chainOf<Kept>(last: WholeRun, { isKnown, find, keep }: Walk<Kept>): Promise<Kept[]> {
  const chain = [await keep(last)];
  let { previousRunId } = last.read;
  while (previousRunId !== undefined && !isKnown(previousRunId) && chain.length < MAX_RUNS) {
    const run = await find(previousRunId);
    if (!run) break;
    chain.push(await keep(run));
    ({ previousRunId } = run.read);
  }
  return chain.reverse();
}
