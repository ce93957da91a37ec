import type * as z from 'zod';
import type { ListedAgent } from '../contracts/answers.ts';
import { ArchivedRun, type RunEnding } from '../contracts/archived-run.ts';
import { type Access, askServer } from './access.ts';
import { GatewayError } from './gateway-error.ts';
import type { ListFilter } from './listing.ts';

export interface ArchivedPage {
  readonly agents: ListedAgent[];
  /** What asks for the next page; absent on the last. */
  readonly next?: string;
}

/** Runs that the server is asked about at once. */
const BATCH = 100;
/** What is in the archive and still at the server is passed over; a page that finds nothing else for so long ends there. */
const MAX_BATCHES = 20;

const Position = ArchivedRun.pick({ startedAt: true, runId: true });
type Position = z.infer<typeof Position>;

/** Agents that have ended and that the server does not know any more, those that started last first. */
export async function archivedAgents(
  access: Access,
  filter: ListFilter,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<ArchivedPage> {
  const statuses = endingsOf(filter);
  if (!access.archive || statuses.length === 0) return { agents: [] };
  try {
    return await gather(access, filter, { statuses, limit, after: positionOf(after) });
  } catch (error) {
    // Live agents are listed all the same.
    if (!(error instanceof GatewayError) || error.type !== 'ArchiveUnavailable') throw error;
    access.onArchiveProblem?.(error.message);
    return { agents: [] };
  }
}

interface Wanted {
  readonly statuses: readonly RunEnding[];
  readonly limit: number;
  readonly after: Position | undefined;
}

async function gather(access: Access, filter: ListFilter, wanted: Wanted): Promise<ArchivedPage> {
  const { archive, client } = access;
  const { definition, idPrefixes } = filter;
  const { statuses, limit } = wanted;
  const gone: ArchivedRun[] = [];
  let { after } = wanted;
  for (let batches = 0; gone.length <= limit; batches++) {
    const found = await archive?.list({
      ...{ namespace: client.options.namespace, statuses, definition, idPrefixes, after, limit: BATCH },
    });
    const runs = (found ?? []).map(({ run }) => run);
    const kept = await onServer(access, runs);
    gone.push(...runs.filter(({ runId }) => !kept.has(runId)));
    if (runs.length < BATCH) break;
    after = runs.at(-1);
    if (batches >= MAX_BATCHES) return { agents: gone.map(listed), next: JSON.stringify(after) };
  }
  const page = gone.slice(0, limit);
  const last = page.at(-1) ?? wanted.after;
  const next = last ? JSON.stringify(Position.parse(last)) : '';
  return { agents: page.map(listed), ...(gone.length > limit ? { next } : {}) };
}

/** Which of these runs the server's index still has. */
async function onServer(access: Access, runs: readonly ArchivedRun[]): Promise<ReadonlySet<string>> {
  if (runs.length === 0) return new Set();
  const { client } = access;
  // Ids of runs are the server's own; what does not look like one is none that it knows.
  const ids = runs.map(({ runId }) => runId).filter((runId) => /^[\w-]{1,100}$/.test(runId));
  const { executions } = await askServer(access, () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query: `RunId IN (${ids.map((runId) => `'${runId}'`).join(', ')})`,
      pageSize: BATCH,
    }),
  );
  return new Set(executions.map(({ execution }) => execution?.runId ?? ''));
}

/** How runs may have closed for the filter to take them; none: it can only take what the server knows. */
function endingsOf({ status, waitingFor, query }: ListFilter): readonly RunEnding[] {
  if (waitingFor !== undefined || query !== undefined) return [];
  switch (status) {
    case undefined:
      return ['completed', 'failed', 'cancelled', 'terminated', 'timed_out'];
    case 'failed':
      return ['failed', 'terminated', 'timed_out'];
    case 'completed':
    case 'cancelled':
      return [status];
    default:
      return [];
  }
}

function positionOf(after: string | undefined): Position | undefined {
  if (after === undefined || after === '') return undefined;
  try {
    return Position.parse(JSON.parse(after));
  } catch (cause) {
    throw new GatewayError('Invalid', 'cursor: not one that a page before has given', { cause });
  }
}

function listed({ agent, runId, definition, status, turn, startedAt, closedAt }: ArchivedRun): ListedAgent {
  return {
    ...{ agent, runId },
    ...(definition === undefined ? {} : { definition }),
    ...{ status, waitingFor: [], pendingApprovals: 0 },
    ...(turn === undefined ? {} : { turn }),
    ...{ startedAt, closedAt },
  };
}
