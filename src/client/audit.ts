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
  /** Runs that are none of the agent's now, since it was reset; those that were asked for. */
  readonly leftBehind: readonly RunLines[];
}

/** From all histories of an agent that the server or the archive has, and of those `known` that a reset has left behind. Fails `NotFound`. */
export async function auditOfAgent(
  access: Access,
  agent: string,
  values: boolean,
  known: readonly string[] = [],
): Promise<Audit> {
  const { runId } = await newestRun(access, agent);
  const last = await wholeRun(access, agent, runId);
  const { firstRunId } = last.read.record.state;
  const linesOf = (run: WholeRun): RunLines => ({ runId: run.runId, entries: entriesOf(run, values) });
  const chain = await chainOf(last, {
    isKnown: () => false,
    find: (earlier) => wholeRun(access, agent, earlier).catch(unlessUnknown),
    keep: linesOf,
  });
  const leftBehind: RunLines[] = [];
  for (const id of known.filter((one) => isRunId(one) && !chain.some((run) => run.runId === one))) {
    const run = await wholeRun(access, agent, id).catch(unlessUnknown);
    if (run?.read.record.state.firstRunId === firstRunId) leftBehind.push(linesOf(run));
  }
  return { owner: { agent, firstRunId, values }, runs: chain, leftBehind };
}

/** Whoever changes a file may have written anything there. */
function isRunId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

async function wholeRun(access: Access, agent: string, runId: string): Promise<WholeRun> {
  const events = await eventsOf(access, agent, runId);
  return { runId, events, read: await foldHistory(access, agent, events) };
}

function unlessUnknown(error: unknown): undefined {
  if (!isUnknown(error)) throw error;
}
