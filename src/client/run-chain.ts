import type { Access } from './access.ts';
import { newestRun, readAgentRun, readRunHead } from './agent-history.ts';
import { GatewayError } from './gateway-error.ts';
import type { KnownHead, KnownRun, RunMemory } from './run-memory.ts';

/** A chain this long would take minutes to walk; an agent's first turns are further back only if its id was used for years. */
const MAX_RUNS = 2_000;

/** Which runs of an agent are wanted. Both are asked from the newest run on. */
export interface Wanted {
  /** `next`: where the run after it begins; undefined for the newest. */
  readonly isWanted: (head: KnownHead['initial'], next: KnownHead['initial'] | undefined) => boolean;
  /** Whether earlier runs than the one that begins so need not be looked at. */
  readonly isEnough: (head: KnownHead['initial']) => boolean;
}

export interface Chain {
  readonly id: string;
  /** Those that were wanted, oldest first. */
  readonly runs: readonly KnownRun[];
  /** Where the earliest run begins that was looked at. */
  readonly earliest: KnownHead['initial'];
  /** The walk ended at a run that the server no longer has. */
  readonly isCut: boolean;
}

/** The runs of an agent that are wanted, from its histories: of the others only the first event is read. Fails `NotFound`. */
export async function readChain(
  access: Access,
  memory: RunMemory,
  id: string,
  { isWanted, isEnough }: Wanted,
): Promise<Chain> {
  const { runId: newest, historyLength } = await newestRun(access, id);
  const runs: KnownRun[] = [];
  let earliest: KnownHead['initial'] | undefined;
  let runId: string | undefined = newest;
  for (let walked = 0; runId !== undefined && walked < MAX_RUNS; walked += 1) {
    const head: KnownHead | undefined = await headOf(access, memory, id, runId).catch(isGone(earliest));
    if (!head)
      return { id, runs, earliest: earliest ?? { turn: 0, checkpoint: 0, revision: 0 }, isCut: true };
    if (isWanted(head.initial, earliest))
      runs.unshift(await runOf(access, memory, id, runId, runId === newest ? historyLength : undefined));
    earliest = head.initial;
    if (isEnough(head.initial)) break;
    runId = head.previousRunId;
  }
  return { id, runs, earliest: earliest ?? { turn: 0, checkpoint: 0, revision: 0 }, isCut: false };
}

/** A run as it is known, or read if it is not or has another number of events now. */
export async function runOf(
  access: Access,
  memory: RunMemory,
  id: string,
  runId: string,
  eventCount?: number,
): Promise<KnownRun> {
  return memory.run(runId, eventCount) ?? memory.keep(runId, await readAgentRun(access, id, runId));
}

/** Where a run begins, as it is known or from its first event. Fails `NotFound`. */
export async function headOf(
  access: Access,
  memory: RunMemory,
  id: string,
  runId: string,
): Promise<KnownHead> {
  return memory.head(runId) ?? memory.keepHead(runId, await readRunHead(access, id, runId));
}

/** An earlier run may be past the server's retention; the newest one is there, or the agent is not. */
function isGone(later: object | undefined): (error: unknown) => undefined {
  return (error) => {
    if (later !== undefined && error instanceof GatewayError && error.type === 'NotFound') return undefined;
    throw error;
  };
}
