import { basesOf, chainOf, entriesOf, type WholeRun } from '../archive/audit-runs.ts';
import type { AuditOwner, RunLines } from '../storage/audit-file.ts';
import type { Access } from './access.ts';
import type { RunHead } from '../history/read-head.ts';
import { foldHistory, eventsOf, newestRun, readRunHead } from './agent-history.ts';
import { isUnknown } from './archived.ts';

/** A chain this long would take minutes to read. */
const MAX_RUNS = 2_000;

/** An agent's audit as its histories give it now. */
export interface Audit {
  readonly owner: AuditOwner;
  /** Of each run, the first one first. */
  readonly runs: readonly RunLines[];
  /** Runs that are none of the agent's now, since it was reset; those that were asked for. */
  readonly leftBehind: readonly RunLines[];
  /** Whether there was a run before the first of these, whose history nobody has any more. */
  readonly isCut: boolean;
  /** Runs that these were reset from, as their histories say, whether anybody has those or not. */
  readonly bases: readonly string[];
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
  const bases: string[] = [];
  const linesOf = async (run: WholeRun): Promise<RunLines> => {
    bases.push(...basesOf(run));
    return { runId: run.runId, entries: await entriesOf(run, values) };
  };
  let beforeFirst: string | undefined;
  const chain = await chainOf(last, {
    isKnown: () => false,
    find: (earlier) => wholeRun(access, agent, earlier).catch(unlessUnknown),
    keep: (run) => {
      beforeFirst = run.read.previousRunId;
      return linesOf(run);
    },
  });
  const leftBehind: RunLines[] = [];
  for (const id of known.filter((one) => isRunId(one) && !chain.some((run) => run.runId === one))) {
    const run = await wholeRun(access, agent, id).catch(unlessUnknown);
    if (run?.read.record.state.firstRunId === firstRunId) leftBehind.push(await linesOf(run));
  }
  return {
    owner: { agent, firstRunId, values },
    runs: chain,
    leftBehind,
    isCut: beforeFirst !== undefined,
    bases,
  };
}

/** Lines of the runs that there are now, the first one first, each read when it is asked for. Fails `NotFound`. */
export async function* auditRunsOf(access: Access, agent: string, values: boolean): AsyncGenerator<RunLines> {
  for (const runId of await runIdsOf(access, agent)) {
    const run = await wholeRun(access, agent, runId);
    yield { runId, entries: await entriesOf(run, values) };
  }
}

/** From where each began, which is a single event. */
async function runIdsOf(access: Access, agent: string): Promise<string[]> {
  const ids: string[] = [];
  let { runId }: { runId: string | undefined } = await newestRun(access, agent);
  while (runId !== undefined && ids.length < MAX_RUNS) {
    const head: RunHead | undefined = await readRunHead(access, agent, runId).catch(unlessUnknown);
    if (!head) break;
    ids.unshift(runId);
    runId = head.previousRunId;
  }
  return ids;
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
