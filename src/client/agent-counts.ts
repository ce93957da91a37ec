import { InterruptionKind } from '../contracts/status.ts';
import { type Access, askServer } from './access.ts';
import { listQuery } from './listing.ts';

/** As the index has them; `running` stands for starting, thinking and acting. */
const statuses = ['running', 'waiting', 'paused', 'closing', 'completed', 'failed', 'cancelled'] as const;
/** An agent's turn has no more calls than this that ask at once; what is beyond is not counted. */
const MAX_PENDING_OF_AGENT = 64;
/** Counting is cheap for the server, and nobody should wait because of it. */
const CONCURRENT_COUNTS = 4;
/** Prometheus gives up after 10 seconds, and wants the other numbers all the same. */
const COUNT_TIMEOUT_MS = 3_000;

/** How many agents there are, of everything that the index knows. Of agents that have ended, as long as the server keeps them. */
export interface AgentCounts {
  readonly byStatus: ReadonlyMap<string, number>;
  /** An agent may wait for several things. */
  readonly waitingFor: ReadonlyMap<string, number>;
  readonly pendingApprovals: number;
}

/** Asks Temporal's index, which is some moments behind. */
export async function agentCounts(access: Access): Promise<AgentCounts> {
  const byStatus = await counted(access, statuses, (status) => listQuery({ status }));
  const waitingFor = await counted(access, InterruptionKind.options, (kind) =>
    listQuery({ waitingFor: kind }),
  );
  return { byStatus, waitingFor, pendingApprovals: await pendingApprovals(access) };
}

async function counted(
  access: Access,
  names: readonly string[],
  queryOf: (name: string) => string,
): Promise<Map<string, number>> {
  const counts = new Map(names.map((name) => [name, 0]));
  const left = [...names];
  const ask = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift())
      counts.set(name, await count(access, queryOf(name)));
  };
  await Promise.all(Array.from({ length: CONCURRENT_COUNTS }, ask));
  return counts;
}

/** The index counts agents and adds nothing up: those that have one at least, those that have two at least, and so on. */
async function pendingApprovals(access: Access): Promise<number> {
  let sum = 0;
  for (let least = 1; least <= MAX_PENDING_OF_AGENT; least += 1) {
    const query = `ExecutionStatus = 'Running' AND AgentPendingApprovals >= ${least}`;
    const agents = await count(access, listQuery({ query }));
    if (agents === 0) break;
    sum += agents;
  }
  return sum;
}

async function count(access: Access, query: string): Promise<number> {
  const hurried = { ...access, serverTimeoutMs: COUNT_TIMEOUT_MS };
  return askServer(hurried, async () => (await access.client.workflow.count(query)).count);
}
