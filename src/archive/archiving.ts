import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { HistoryMismatch } from '../core/fold-run.ts';
import type { HistoryEvent } from '../history/activations.ts';
import { decodeHistory, encodeHistory } from '../history/encoded.ts';
import { readRun } from '../history/read-run.ts';
import { grpcCodeOf, grpcStatus } from '../runtime/grpc-status.ts';
import type { ArchiveStore } from '../storage/archive.ts';
import { AuditBroken, auditFileOf, auditTrouble, extendAudit, readHead } from '../storage/audit-file.ts';
import type { AuditReader } from '../storage/audit-reader.ts';
import { archivedRun } from './archived-run.ts';
import { chainOf, entriesOf, type WholeRun } from './audit-runs.ts';

/** Where what is archived goes. */
export interface ArchivePlaces {
  readonly store: ArchiveStore;
  readonly audit: {
    readonly folder: string;
    /** Whether a new one holds values or only their hashes. */
    readonly values: boolean;
    readonly reader: AuditReader;
  };
}

/** What is wrong with one run, while others can be archived all the same. */
export class RunTrouble extends Error {
  override readonly name = 'RunTrouble';
  /** The server does not have the run any more, so that nothing is left to try. */
  readonly isGone: boolean;

  constructor(reason: string, { isGone = false, cause }: { isGone?: boolean; cause?: unknown } = {}) {
    super(reason, { cause });
    this.isGone = isGone;
  }
}

/** What gRPC says when it is the server that can't be asked now, or not by us: the next run would fare no better. */
const codesOfServer: ReadonlySet<number> = new Set([
  grpcStatus.cancelled,
  grpcStatus.deadlineExceeded,
  grpcStatus.permissionDenied,
  grpcStatus.resourceExhausted,
  grpcStatus.unavailable,
  grpcStatus.unauthenticated,
]);

/**
 * Takes a closed run into the archive, and what it adds to its agent's audit. The audit comes first: a run that is in the archive is
 * done with, whenever a process was killed. Does nothing twice, and says whether it was there. Fails with a `RunTrouble` for what concerns this
 * run alone, else with what the store, the file system or Temporal's client fail with.
 */
export async function archiveRun(
  client: Client,
  { store, audit }: ArchivePlaces,
  { agent, runId }: { readonly agent: string; readonly runId: string },
): Promise<'archived' | 'there'> {
  const { namespace } = client.options;
  const find = async (id: string) => (await fetched(client, agent, id)) ?? (await stored(store, id));
  const events = await find(runId);
  if (!events) throw new RunTrouble('Temporal does not have it any more', { isGone: true });
  const { run, trouble } = await whole(client, agent, runId, events);
  const described = archivedRun({ namespace, agent, runId }, events, run?.read);
  if (!described) throw new RunTrouble('its history does not say how it ended');
  const broken =
    run &&
    (await extended(run, audit, async (earlier) => {
      const before = await find(earlier);
      return before && (await whole(client, agent, earlier, before)).run;
    }));
  const isNew = await store.keep(described, encodeHistory(events));
  const problem = trouble ?? broken;
  if (problem) throw new RunTrouble(`stored, without its audit: ${problem.message}`, { cause: problem });
  return isNew ? 'archived' : 'there';
}

/** Gives what is wrong with the audit's file, whose run is archived all the same. */
async function extended(
  run: WholeRun,
  { folder, values, reader }: ArchivePlaces['audit'],
  find: (runId: string) => Promise<WholeRun | undefined>,
): Promise<Error | undefined> {
  const { agentId: agent, firstRunId } = run.read.record.state;
  try {
    const file = await auditFileOf(folder, { agent, firstRunId });
    const [written, head] = await Promise.all([reader.runs(file), readHead(file)]);
    // As it was begun; the setting counts for those that are new.
    const owner = { agent, firstRunId, values: head?.values ?? values };
    const runs = await chainOf(run, {
      isKnown: (runId) => written.get(runId) === true,
      find,
      keep: async (one) => ({ runId: one.runId, entries: await entriesOf(one, owner.values) }),
    });
    await extendAudit(file, owner, runs, reader);
    return undefined;
  } catch (error) {
    const trouble = error instanceof AuditBroken ? error : await auditTrouble(folder, agent, error);
    if (!trouble) throw error;
    return trouble;
  }
}

/**
 * No run where this code can't read the history; it is archived all the same, and another version may. That it was written by another version,
 * or begun with what is no agent, is no trouble; any other reason is.
 */
async function whole(
  client: Client,
  agent: string,
  runId: string,
  events: readonly HistoryEvent[],
): Promise<{ run?: WholeRun; trouble?: Error }> {
  try {
    return { run: { runId, events, read: await readRun(agent, events, client.options.loadedDataConverter) } };
  } catch (error) {
    if (error instanceof HistoryMismatch) return {};
    return { trouble: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function fetched(client: Client, agent: string, runId: string): Promise<HistoryEvent[] | undefined> {
  try {
    const { events } = await client.workflow.getHandle(agent, runId).fetchHistory();
    return events ?? [];
  } catch (error) {
    // Of histories the server's answer comes as it is.
    const code = grpcCodeOf(error);
    if (error instanceof WorkflowNotFoundError || code === grpcStatus.notFound) return undefined;
    if (code !== undefined && codesOfServer.has(code)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunTrouble(`its history can't be fetched: ${reason}`, { cause: error });
  }
}

async function stored(store: ArchiveStore, runId: string): Promise<HistoryEvent[] | undefined> {
  const bytes = await store.history(runId);
  return bytes && decodeHistory(bytes);
}
