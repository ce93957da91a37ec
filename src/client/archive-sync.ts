import type { Client } from '@temporalio/client';
import { archiveRun, type ArchivePlaces } from '../archive/archiving.ts';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { AuditBroken } from '../storage/audit-file.ts';
import { toGatewayError } from './failures.ts';
import { GatewayError } from './gateway-error.ts';

export interface Synced {
  readonly archived: number;
  readonly there: number;
  /** Runs whose audit could not go on, or that went away meanwhile. */
  readonly failed: readonly { readonly agent: string; readonly runId: string; readonly message: string }[];
}

/** Runs that the archive is asked about at once. */
const BATCH = 200;

/** Archives every closed run of an agent that the server still has. What is there already is only looked for by its id. */
export async function syncArchive(
  client: Client,
  places: ArchivePlaces,
  progress: (done: number) => void,
): Promise<Synced> {
  const query = `WorkflowType = '${AGENT_WORKFLOW_TYPE}' AND ExecutionStatus != 'Running'`;
  const closed: { agent: string; runId: string; at: number }[] = [];
  try {
    for await (const { workflowId: agent, runId, startTime } of client.workflow.list({ query }))
      closed.push({ agent, runId, at: startTime.getTime() });
  } catch (error) {
    throw toGatewayError(error) ?? error;
  }
  // An agent's first run comes first, so that its audit is written from the beginning.
  closed.sort((one, other) => one.at - other.at);
  const known = new Set<string>();
  for (let start = 0; start < closed.length; start += BATCH)
    for (const id of await places.store.known(closed.slice(start, start + BATCH).map(({ runId }) => runId)))
      known.add(id);
  const failed: { agent: string; runId: string; message: string }[] = [];
  let archived = 0;
  for (const [index, { agent, runId }] of closed.entries()) {
    progress(index + 1);
    if (known.has(runId)) continue;
    try {
      if ((await archiveRun(client, places, { agent, runId })) === 'archived') archived += 1;
    } catch (error) {
      failed.push({ agent, runId, message: reasonOf(error) });
    }
  }
  return { archived, there: closed.length - archived - failed.length, failed };
}

/** What concerns one run is told of that one; an archive or a server that can't be used now ends the whole. */
function reasonOf(error: unknown): string {
  if (error instanceof AuditBroken) return error.message;
  const known = toGatewayError(error);
  if (known?.type === 'NotFound') return known.message;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    throw new GatewayError('ArchiveUnavailable', `The audit can't be written: ${error.message}.`, {
      cause: error,
    });
  throw known ?? error;
}
