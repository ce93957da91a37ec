import type { ClosedApproval, ClosedApprovals, ListedAgent } from '../contracts/answers.ts';
import type { Access } from './access.ts';
import { readTimeline } from './agent-timeline.ts';
import { GatewayError } from './gateway-error.ts';
import { listPage } from './listing.ts';
import type { RunMemory } from './run-memory.ts';

/** A screen of agents; each has its history read. */
const MAX_AGENTS = 25;
/** More at once would keep the server from those who decide. */
const CONCURRENT_READS = 4;
/** An agent of thousands of turns is not read whole for a list of what was decided lately. */
const LAST_TURNS = 200;

export interface ClosedOf {
  readonly idPrefixes?: readonly string[];
  readonly limit?: number;
  readonly cursor?: string | undefined;
}

/**
 * What was decided, expired or withdrawn, read from the histories of the agents that were started last, a page of agents at a
 * time: there is no index of decisions, and none is needed for what people look up now and then.
 */
export async function closedApprovals(
  access: Access,
  memory: RunMemory,
  { limit = MAX_AGENTS, cursor, ...whose }: ClosedOf = {},
): Promise<ClosedApprovals> {
  const { agents, nextCursor } = await listPage(access, { ...whose, limit }, cursor);
  const approvals: ClosedApproval[] = [];
  const unread: ClosedApprovals['unread'] = [];
  const left = [...agents];
  const read = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift())
      try {
        approvals.push(...(await closedOf(access, memory, row)));
      } catch (error) {
        if (!(error instanceof GatewayError) || error.type === 'Unreachable') throw error;
        unread.push({ agent: row.agent, type: error.type, message: error.message });
      }
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, read));
  approvals.sort((one, other) => other.closedAt.localeCompare(one.closedAt));
  const next = nextCursor === undefined ? {} : { nextCursor };
  return { approvals, agents: agents.length, turns: LAST_TURNS, unread, ...next };
}

async function closedOf(
  access: Access,
  memory: RunMemory,
  { agent, definition, turn = 0 }: ListedAgent,
): Promise<ClosedApproval[]> {
  const from = Math.max(0, turn - LAST_TURNS);
  const { items } = await readTimeline(access, memory, agent, { from, kinds: ['approval'] });
  return items.flatMap((item) =>
    item.kind !== 'approval' || item.approval.status === 'open'
      ? []
      : [
          {
            ...{ agent, turn: item.turn, approval: item.approval },
            ...(definition === undefined ? {} : { definition }),
            closedAt: new Date(item.endedAt ?? item.at).toISOString(),
          },
        ],
  );
}
