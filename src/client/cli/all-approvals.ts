import type { PendingApprovals } from '../../contracts/answers.ts';
import type { Gateway } from '../gateway.ts';

/** Each page asks 200 agents, which takes a second or more: whoever waits for more of them decides some first. */
const MAX_PAGES = 10;

/** Open approvals of all agents, page after page, oldest first. Where there are more pages than anybody waits for, `more` says so. */
export async function allApprovals(gateway: Pick<Gateway, 'approvals'>): Promise<PendingApprovals> {
  let found = await gateway.approvals();
  for (let pages = 1; found.nextCursor !== undefined && pages < MAX_PAGES; pages += 1) {
    const next = await gateway.approvals({ cursor: found.nextCursor });
    found = {
      ...next,
      approvals: [...found.approvals, ...next.approvals],
      unanswered: [...found.unanswered, ...next.unanswered],
    };
  }
  return {
    ...found,
    // The agents that were started last are on the first page, and may wait for longest.
    approvals: found.approvals.toSorted((one, other) =>
      one.approval.requestedAt.localeCompare(other.approval.requestedAt),
    ),
  };
}
