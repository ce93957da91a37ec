import { WorkflowNotFoundError } from '@temporalio/client';
import type { ArchivedRun } from '../contracts/archived-run.ts';
import type { HistoryEvent } from '../history/activations.ts';
import { decodeHistory } from '../history/encoded.ts';
import type { Access } from './access.ts';
import { GatewayError } from './gateway-error.ts';

/** Whether Temporal has no such run: it never was, or its retention is over. A workflow of another kind is another matter. */
export function isUnknown(error: unknown): error is GatewayError {
  if (!(error instanceof GatewayError) || error.type !== 'NotFound') return false;
  const { cause } = error;
  return cause instanceof WorkflowNotFoundError || (cause instanceof Error && 'code' in cause);
}

/** What the archive has of an agent that the server does not know: the given run, or the last one. */
export async function findArchived(
  { archive, client }: Access,
  agent: string,
  runId?: string,
): Promise<ArchivedRun | undefined> {
  return archive?.find(client.options.namespace, agent, runId);
}

/** The same with its history; whoever listens is told where it came from. */
export async function archivedEvents(
  access: Access,
  agent: string,
  runId?: string,
): Promise<{ runId: string; events: HistoryEvent[] } | undefined> {
  const found = await findArchived(access, agent, runId);
  const bytes = found && (await access.archive?.history(found.runId));
  if (!found || !bytes) return undefined;
  access.onReadFromArchive?.(agent);
  return { runId: found.runId, events: decodeHistory(bytes) };
}

/** What `work` asks the server for, or else `otherwise` of an agent that only the archive knows. */
export async function orArchived<T>(
  access: Access,
  agent: string,
  work: () => Promise<T>,
  otherwise: (run: ArchivedRun) => T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const found = isUnknown(error) ? await findArchived(access, agent) : undefined;
    if (!found) throw error;
    return otherwise(found);
  }
}
