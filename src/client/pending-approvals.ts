import type { PendingApproval, PendingApprovals } from '../contracts/answers.ts';
import type { Access } from './access.ts';
import { GatewayError } from './gateway-error.ts';
import { listAgents } from './listing.ts';
import { readStatus } from './reading.ts';

/** A person reads no more at once; the answer says when there are more. */
const MAX_AGENTS = 200;
/** Queries wake agents on the worker; more at once would only queue there. */
const CONCURRENT_QUERIES = 4;

/** Whose approvals: of one agent, or of all whose id begins in one of some ways. */
export type ApprovalsOf = string | { readonly idPrefixes?: readonly string[] };

/** Open approvals, oldest first. */
export async function pendingApprovals(access: Access, of: ApprovalsOf = {}): Promise<PendingApprovals> {
  if (typeof of === 'string')
    return { approvals: await approvalsOf(access, of), unanswered: [], more: false };
  const waiting = await listAgents(access, {
    ...of,
    query: `ExecutionStatus = 'Running' AND AgentPendingApprovals > 0`,
    limit: MAX_AGENTS,
  });
  const approvals: PendingApproval[] = [];
  const unanswered: { agent: string; type: string; message: string }[] = [];
  const left = waiting.map(({ agent }) => agent);
  const ask = async (): Promise<void> => {
    for (let agent = left.shift(); agent !== undefined; agent = left.shift()) {
      try {
        approvals.push(...(await approvalsOf(access, agent)));
      } catch (error) {
        if (!(error instanceof GatewayError) || error.type === 'Unreachable') throw error;
        // It ended between the listing and the question: nothing is pending.
        if (error.type !== 'NotFound') unanswered.push({ agent, type: error.type, message: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_QUERIES }, ask));
  approvals.sort((a, b) => a.approval.requestedAt.localeCompare(b.approval.requestedAt));
  return { approvals, unanswered, more: waiting.length >= MAX_AGENTS };
}

async function approvalsOf(access: Access, id: string): Promise<PendingApproval[]> {
  const { agent, definition, approvals } = await readStatus(access, id);
  return approvals.map((approval) => ({ agent, definition: definition.name, approval }));
}
