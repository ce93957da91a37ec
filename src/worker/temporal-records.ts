import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { RecordsPort } from '../activities/ports.ts';
import type { ForkPoint } from '../contracts/activities.ts';
import type { AgentSight } from '../contracts/command.ts';
import { configuredConverter } from '../payloads/converter.ts';
import { quoted } from '../contracts/visibility-query.ts';
import type { Fork } from '../contracts/fork.ts';
import { fitToCarry } from '../core/carry.ts';
import { HistoryMismatch } from '../core/fold-run.ts';
import { stateAtTurn } from '../core/run-views.ts';
import { recalled, type Tape, tapeOf } from '../core/tape.ts';
import { readRuns } from '../history/chain.ts';
import type { HistoryEvent } from '../history/activations.ts';
import { decodeHistory } from '../history/encoded.ts';
import type { ReadRun } from '../history/read-run.ts';
import { grpcCodeOf, grpcStatus } from '../runtime/grpc-status.ts';
import type { ArchiveStore } from '../storage/archive.ts';
import { archiveIn } from '../storage/known-archive.ts';

/** Forks of one agent are mostly made together; each of its tapes may take some megabytes. */
const MAX_TAPES = 4;
/** As many runs as are read of an agent. */
const MAX_RUNS = 2_000;
const nowhere =
  "it never was, or the server's retention is over and the archive of the worker does not have it";
/** An agent that is still at work gets longer meanwhile. */
const TAPE_MS = 30_000;

/** Where histories are read from: Temporal first, and what it has forgotten from the archive of the data folder. */
interface Source {
  readonly client: Client;
  readonly archive: Pick<ArchiveStore, 'find' | 'history' | 'list'>;
}

/** What other agents did, from their histories through the worker's own connection or in its archive. */
export function temporalRecords(
  connection: NativeConnection,
  { namespace, dataDir }: { readonly namespace: string; readonly dataDir: string },
): RecordsPort {
  const client = new Client({ connection, namespace, dataConverter: configuredConverter() });
  const archive = archiveIn(dataDir, (message, cause) =>
    ApplicationFailure.create({
      ...{ type: 'ArchiveUnavailable', message },
      ...(cause instanceof Error ? { cause } : {}),
    }),
  );
  const source = { client, archive };
  const tapes = new Map<string, { readonly at: number; readonly tape: Promise<Tape> }>();
  const tapeFor = (origin: AgentSight): Promise<Tape> => {
    const now = performance.now();
    const known = tapes.get(origin.run);
    if (known && now - known.at < TAPE_MS) return known.tape;
    const tape = readTape(source, origin);
    tapes.delete(origin.run);
    tapes.set(origin.run, { at: now, tape });
    const [oldest] = tapes.keys();
    if (tapes.size > MAX_TAPES && oldest !== undefined) tapes.delete(oldest);
    // A server that did not answer is asked again by the next attempt.
    tape.catch(() => tapes.delete(origin.run));
    return tape;
  };
  return {
    point: (fork) => named(() => readPoint(source, fork)),
    turn: async (origin, turn) => {
      const { turns } = await named(() => tapeFor(origin));
      return turns.get(turn) ?? { turn, read: [], calls: [], goesOn: false };
    },
    calls: async (origin, wanted) => {
      const tape = await named(() => tapeFor(origin));
      return wanted.flatMap((call) => {
        const outcome = recalled(tape, call);
        return outcome ? [{ index: call.index, outcome }] : [];
      });
    },
  };
}

async function readPoint(source: Source, fork: Fork): Promise<ForkPoint> {
  const { agent, turn } = fork;
  let lastTurn: number | undefined;
  for await (const run of runsOf(source, agent, fork.run)) {
    const { record, previousRunId } = run;
    lastTurn ??= record.state.turn;
    if (turn < record.initial.checkpoint && previousRunId !== undefined) continue;
    const found = stateAtTurn(record, turn, previousRunId);
    if (!found.ok) throw refused(found.rejection.type, `agent ${agent}: ${found.rejection.message}`);
    return {
      ...{ run: found.state.firstRunId, state: fitToCarry(found.state), goesOn: turn < lastTurn },
      heedsEarly: true,
    };
  }
  throw refused('NotFound', `there is no turn ${turn} of agent ${agent}`);
}

async function readTape(source: Source, { agentId, run }: AgentSight): Promise<Tape> {
  const runs: ReadRun[] = [];
  for await (const read of runsOf(source, agentId, run)) runs.unshift(read);
  return tapeOf(runs.map(({ record }) => record));
}

/** The runs of the agent that began with the given one, or that has the id now. */
async function* runsOf(source: Source, agentId: string, first: string | undefined): AsyncGenerator<ReadRun> {
  const converter = source.client.options.loadedDataConverter;
  const newest = first === undefined ? undefined : await newestRun(source, agentId, first);
  yield* readRuns(agentId, (id, runId) => eventsOf(source, id, runId), converter, newest);
}

async function eventsOf(
  { client, archive }: Source,
  id: string,
  runId: string | undefined,
): Promise<readonly HistoryEvent[]> {
  try {
    return (await client.workflow.getHandle(id, runId).fetchHistory()).events ?? [];
  } catch (error) {
    if (!isUnknown(error)) throw error;
    const found = await archive.find(client.options.namespace, id, runId);
    const bytes = found && (await archive.history(found.runId));
    if (!bytes) throw error;
    return decodeHistory(bytes);
  }
}

/** The last run of a chain: the one that is described, or, where the id was used again since, the one that the index knows. */
async function newestRun({ client, archive }: Source, agentId: string, first: string): Promise<string> {
  const info = await describedRun(client, agentId);
  if (info?.firstRunId === first) return info.execution?.runId ?? first;
  let newest: { runId: string; startTime: Date } | undefined;
  for await (const run of client.workflow.list({ query: `WorkflowId = ${quoted(agentId)}` })) {
    const isOfChain = run.raw.firstRunId === first || run.runId === first;
    if (isOfChain && (!newest || run.startTime > newest.startTime)) newest = run;
  }
  if (newest) return newest.runId;
  const { namespace } = client.options;
  const archived = await archive.list({ namespace, agent: agentId, continued: true, limit: MAX_RUNS });
  const last = archived.find(({ run }) => run.firstRunId === first);
  if (last) return last.run.runId;
  throw refused('NotFound', `there is no run ${first} of agent ${agentId}: ${nowhere}`);
}

/** Undefined for an agent that the server has forgotten. */
async function describedRun(client: Client, agentId: string) {
  try {
    const { raw } = await client.workflow.getHandle(agentId).describe();
    return raw.workflowExecutionInfo;
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

/** What can't get better by trying again says so, by its name in the failure table. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUnknown(error)) throw refused('NotFound', `${error.message}: ${nowhere}`);
    if (error instanceof HistoryMismatch)
      throw refused('Conflict', `its history does not fit this worker's version: ${error.message}`);
    throw error;
  }
}

/** Of histories the server's answer comes as it is. */
function isUnknown(error: unknown): error is Error {
  return error instanceof WorkflowNotFoundError || grpcCodeOf(error) === grpcStatus.notFound;
}

function refused(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}
