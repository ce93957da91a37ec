import type { ListedAgent } from '../contracts/answers.ts';
import type { Access } from './access.ts';
import { collect, listQuery } from './listing.ts';

/** Each look lists them all: 5,000 are ten pages. Of more the newest are watched, and of all of them the end. */
const MAX_OPEN = 5_000;
/** What ended before anybody looked, for a list that is not empty. */
const MAX_ENDED_BEFORE = 500;
/** So many end between two looks only if nobody has looked for long. */
const MAX_ENDED_SINCE = 5_000;
/** The index is behind, and clocks differ. What was seen before is no news and does no harm. */
const LAG_MS = 10_000;

export interface Watched {
  /** An id stands here once. */
  readonly agents: readonly ListedAgent[];
  /** Whether there are no open agents beside these. */
  readonly isComplete: boolean;
  /** Whether more have ended than are here. */
  readonly hasGap: boolean;
}

/**
 * All agents whose row in the index may have changed: the index does not know when one was changed, only when it was closed.
 * So all open ones, and what has ended since somebody looked last; before the first look, the latest that have ended.
 */
export async function watchedAgents(access: Access, since: Date | undefined): Promise<Watched> {
  // In this order, so that one that ends between the two questions is in both rather than in none.
  const open = await collect(access, listQuery({ query: `ExecutionStatus = 'Running'` }), MAX_OPEN + 1);
  const endedBy = since && new Date(since.getTime() - LAG_MS).toISOString();
  const ended = await collect(
    access,
    listQuery({
      query: endedBy === undefined ? `ExecutionStatus != 'Running'` : `CloseTime >= '${endedBy}'`,
    }),
    since ? MAX_ENDED_SINCE : MAX_ENDED_BEFORE,
  );
  const newest = new Map<string, ListedAgent>();
  for (const agent of [...open.slice(0, MAX_OPEN), ...ended]) {
    const other = newest.get(agent.agent);
    // An id may have been used again; the one that ended is then not the agent of today.
    if (other === undefined || other.startedAt <= agent.startedAt) newest.set(agent.agent, agent);
  }
  return {
    agents: [...newest.values()],
    isComplete: open.length <= MAX_OPEN,
    hasGap: since !== undefined && ended.length >= MAX_ENDED_SINCE,
  };
}
