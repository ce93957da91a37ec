import { chainOf, entriesOf, type WholeRun } from '../archive/audit-runs.ts';
import type { AuditOwner, RunLines } from '../storage/audit-file.ts';
import type { Access } from './access.ts';
import { foldHistory, eventsOf, newestRun } from './agent-history.ts';
import { isUnknown } from './archived.ts';

/** An agent's audit as its histories give it now. */
export interface Audit {
  readonly owner: AuditOwner;
  /** Of each run, the first one first. */
  readonly runs: readonly RunLines[];
}

/** From all histories of an agent that the server or the archive has. Fails `NotFound`. */
export async function auditOfAgent(access: Access, agent: string, values: boolean): Promise<Audit> {
  const { runId } = await newestRun(access, agent);
  const last = await wholeRun(access, agent, runId);
  const chain = await chainOf(
    last,
    () => false,
    (earlier) => wholeRun(access, agent, earlier).catch(unlessUnknown),
  );
  const { firstRunId } = last.read.record.state;
  return {
    owner: { agent, firstRunId, values },
    runs: chain.map((run) => ({ runId: run.runId, entries: entriesOf(run, values) })),
  };
}

async function wholeRun(access: Access, agent: string, runId: string): Promise<WholeRun> {
  const events = await eventsOf(access, agent, runId);
  return { runId, events, read: await foldHistory(access, agent, events) };
}

function unlessUnknown(error: unknown): undefined {
  if (!isUnknown(error)) throw error;
}
