import type { ListedAgent, PendingApproval, PendingApprovals } from '../contracts/answers.ts';
import type { Access } from './access.ts';
import { GatewayError } from './gateway-error.ts';
import type { KnownApprovals } from './known-approvals.ts';
import { listPage } from './listing.ts';
import { readStatus } from './reading.ts';

/** A person reads no more at once; the answer says how to ask for more. */
const MAX_AGENTS = 200;
/** More at once only queue in the worker, fewer leave it waiting for the way there and back. */
const CONCURRENT_QUERIES = 16;

/** Whose approvals: of one agent, or of all whose id begins in one of some ways, a page at a time. */
export type ApprovalsOf =
  | string
  | {
      readonly idPrefixes?: readonly string[];
      readonly limit?: number;
      readonly cursor?: string | undefined;
    };

/** Open approvals, oldest first. Of all agents a page at a time: agents that were started last are on the first. */
export async function pendingApprovals(
  access: Access,
  known: KnownApprovals,
  of: ApprovalsOf = {},
): Promise<PendingApprovals> {
  if (typeof of === 'string')
    return { approvals: await approvalsOf(access, of), unanswered: [], more: false };
  const { cursor, limit = MAX_AGENTS, ...whose } = of;
  const query = `ExecutionStatus = 'Running' AND AgentPendingApprovals > 0`;
  const { agents, nextCursor } = await listPage(access, { ...whose, query, limit }, cursor);
  const approvals: PendingApproval[] = [];
  const unanswered: { agent: string; type: string; message: string }[] = [];
  const left = [...agents];
  const ask = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
      const { agent } = row;
      try {
        approvals.push(...(await knownOrAsked(access, known, row)));
      } catch (error) {
        if (!(error instanceof GatewayError) || error.type === 'Unreachable') throw error;
        // It ended between the listing and the question: nothing is pending.
        if (error.type !== 'NotFound') unanswered.push({ agent, type: error.type, message: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_QUERIES }, ask));
  approvals.sort((a, b) => a.approval.requestedAt.localeCompare(b.approval.requestedAt));
  const next = nextCursor === undefined ? {} : { nextCursor };
  return { approvals, unanswered, more: nextCursor !== undefined, ...next };
}

async function knownOrAsked(
  access: Access,
  known: KnownApprovals,
  row: ListedAgent,
): Promise<readonly PendingApproval[]> {
  const now = performance.now();
  const kept = known.find(row, now);
  if (kept) return kept;
  const asked = await approvalsOf(access, row.agent);
  known.keep(row, asked, now);
  return asked;
}

async function approvalsOf(access: Access, id: string): Promise<PendingApproval[]> {
  const { agent, definition, requester, requesterSignedInAs, approvals } = await readStatus(access, id);
  const asking = {
    ...{ agent, definition: definition.name },
    ...(requester === undefined ? {} : { requester }),
    ...(requesterSignedInAs === undefined ? {} : { requesterSignedInAs }),
  };
  return approvals.map((approval) => ({ ...asking, approval }));
}
