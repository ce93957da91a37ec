import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { RunToArchive } from '../contracts/archived-run.ts';
import { HistoryMismatch } from '../core/fold-run.ts';
import type { HistoryEvent } from '../history/activations.ts';
import { decodeHistory, encodeHistory } from '../history/encoded.ts';
import { readRun } from '../history/read-run.ts';
import type { ArchiveStore } from '../storage/archive.ts';
import { auditFileIn, extendAudit, readHead, runsIn } from '../storage/audit-file.ts';
import { archivedRun } from './archived-run.ts';
import { chainOf, entriesOf, isWhole, type WholeRun } from './audit-runs.ts';

/** Where what is archived goes. */
export interface ArchivePlaces {
  readonly store: ArchiveStore;
  /** The folder of audits, and whether a new one holds values or only their hashes. */
  readonly audit: { readonly folder: string; readonly values: boolean };
}

/** A run closes within milliseconds of asking to be archived; the server answers after 20 s in any case. */
const CLOSING_TIMEOUT_MS = 25_000;

/**
 * Takes a closed run into the archive, and what it adds to its agent's audit. Does nothing twice. `open`: it has not closed.
 * Fails with what the store, the audit's file or Temporal's client fail with.
 */
export async function archiveRun(
  client: Client,
  { store, audit }: ArchivePlaces,
  { agent, runId }: RunToArchive,
): Promise<'archived' | 'there' | 'open'> {
  const { namespace } = client.options;
  const events = (await fetched(client, agent, runId)) ?? (await stored(store, runId));
  if (!events) throw new WorkflowNotFoundError('neither Temporal nor the archive has the run', agent, runId);
  const run = await whole(client, agent, runId, events);
  const described = archivedRun({ namespace, agent, runId }, events, run?.read);
  if (!described) return 'open';
  const isNew = await store.keep(described, encodeHistory(events));
  if (run)
    await extendFile(run, audit, async (earlier) => {
      const before = (await fetched(client, agent, earlier)) ?? (await stored(store, earlier));
      return before && whole(client, agent, earlier, before);
    });
  return isNew ? 'archived' : 'there';
}

/** Resolves when a run has closed, or after some 20 seconds. */
export async function untilClosed(client: Client, { agent, runId }: RunToArchive): Promise<void> {
  await client.withDeadline(Date.now() + CLOSING_TIMEOUT_MS, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: agent, runId },
      waitNewEvent: true,
      historyEventFilterType:
        proto.temporal.api.enums.v1.HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
    }),
  );
}

async function extendFile(
  run: WholeRun,
  { folder, values }: ArchivePlaces['audit'],
  find: (runId: string) => Promise<WholeRun | undefined>,
): Promise<void> {
  const { agentId: agent, firstRunId } = run.read.record.state;
  const file = auditFileIn(folder, { agent, firstRunId });
  const [written, head] = await Promise.all([runsIn(file), readHead(file)]);
  const chain = await chainOf(run, (runId) => isWhole(written.get(runId)), find);
  // As it was begun; the setting counts for those that are new.
  const owner = { agent, firstRunId, values: head?.values ?? values };
  const runs = chain.map((one) => ({ runId: one.runId, entries: entriesOf(one, owner.values) }));
  await extendAudit(file, owner, runs);
}

/** Undefined where this code can't read the history; it is archived all the same, and another version may. */
async function whole(
  client: Client,
  agent: string,
  runId: string,
  events: readonly HistoryEvent[],
): Promise<WholeRun | undefined> {
  try {
    return { runId, events, read: await readRun(agent, events, client.options.loadedDataConverter) };
  } catch (error) {
    if (error instanceof HistoryMismatch) return undefined;
    throw error;
  }
}

async function fetched(client: Client, agent: string, runId: string): Promise<HistoryEvent[] | undefined> {
  try {
    const { events } = await client.workflow.getHandle(agent, runId).fetchHistory();
    return events ?? [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function stored(store: ArchiveStore, runId: string): Promise<HistoryEvent[] | undefined> {
  const bytes = await store.history(runId);
  return bytes && decodeHistory(bytes);
}
