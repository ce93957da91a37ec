import { Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { RecordsPort } from '../activities/ports.ts';
import type { ForkPoint } from '../contracts/activities.ts';
import type { AgentSight } from '../contracts/command.ts';
import { dataConverter } from '../contracts/data-converter.ts';
import type { Fork } from '../contracts/fork.ts';
import { fitToCarry } from '../core/carry.ts';
import { HistoryMismatch } from '../core/fold-run.ts';
import { stateAtTurn } from '../core/run-views.ts';
import { recalled, type Tape, tapeOf } from '../core/tape.ts';
import { readRuns } from '../history/chain.ts';
import type { HistoryEvent } from '../history/activations.ts';
import type { ReadRun } from '../history/read-run.ts';

/** As gRPC numbers it. */
const NOT_FOUND = 5;

/** Forks of one agent are mostly made together; each of its tapes may take some megabytes. */
const MAX_TAPES = 4;
/** An agent that is still at work gets longer meanwhile. */
const TAPE_MS = 30_000;

/** What other agents did, from their histories through the worker's own connection. */
export function temporalRecords(
  connection: NativeConnection,
  { namespace }: { readonly namespace: string },
): RecordsPort {
  const client = new Client({ connection, namespace, dataConverter });
  const tapes = new Map<string, { readonly at: number; readonly tape: Promise<Tape> }>();
  const tapeFor = (origin: AgentSight): Promise<Tape> => {
    const now = performance.now();
    const known = tapes.get(origin.run);
    if (known && now - known.at < TAPE_MS) return known.tape;
    const tape = readTape(client, origin);
    tapes.delete(origin.run);
    tapes.set(origin.run, { at: now, tape });
    const [oldest] = tapes.keys();
    if (tapes.size > MAX_TAPES && oldest !== undefined) tapes.delete(oldest);
    // A server that did not answer is asked again by the next attempt.
    tape.catch(() => tapes.delete(origin.run));
    return tape;
  };
  return {
    point: (fork) => named(() => readPoint(client, fork)),
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

async function readPoint(client: Client, fork: Fork): Promise<ForkPoint> {
  const { agent, turn } = fork;
  let lastTurn: number | undefined;
  for await (const run of runsOf(client, agent, fork.run)) {
    const { record, previousRunId } = run;
    lastTurn ??= record.state.turn;
    if (turn < record.initial.checkpoint && previousRunId !== undefined) continue;
    const found = stateAtTurn(record, turn, previousRunId);
    if (!found.ok) throw refused(found.rejection.type, `agent ${agent}: ${found.rejection.message}`);
    return { run: found.state.firstRunId, state: fitToCarry(found.state), goesOn: turn < lastTurn };
  }
  throw refused('NotFound', `there is no turn ${turn} of agent ${agent}`);
}

async function readTape(client: Client, { agentId, run }: AgentSight): Promise<Tape> {
  const runs: ReadRun[] = [];
  for await (const read of runsOf(client, agentId, run)) runs.unshift(read);
  return tapeOf(runs.map(({ record }) => record));
}

/** The runs of the agent that began with the given one, or that has the id now. */
async function* runsOf(client: Client, agentId: string, first: string | undefined): AsyncGenerator<ReadRun> {
  const converter = client.options.loadedDataConverter;
  const newest = first === undefined ? undefined : await newestRun(client, agentId, first);
  const read = async (id: string, runId?: string): Promise<readonly HistoryEvent[]> =>
    (await client.workflow.getHandle(id, runId).fetchHistory()).events ?? [];
  yield* readRuns(agentId, read, converter, newest);
}

/** The last run of a chain: the one that is described, or, where the id was used again since, the one that the index knows. */
async function newestRun(client: Client, agentId: string, first: string): Promise<string> {
  const { raw } = await client.workflow.getHandle(agentId).describe();
  const info = raw.workflowExecutionInfo;
  if (info?.firstRunId === first) return info.execution?.runId ?? first;
  const id = agentId.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  let newest: { runId: string; startTime: Date } | undefined;
  for await (const run of client.workflow.list({ query: `WorkflowId = '${id}'` })) {
    const isOfChain = run.raw.firstRunId === first || run.runId === first;
    if (isOfChain && (!newest || run.startTime > newest.startTime)) newest = run;
  }
  if (!newest) throw refused('NotFound', `there is no run ${first} of agent ${agentId}`);
  return newest.runId;
}

/** What can't get better by trying again says so, by its name in the failure table. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUnknown(error))
      throw refused('NotFound', `${error.message}: it never was, or the server's retention is over`);
    if (error instanceof HistoryMismatch)
      throw refused('Conflict', `its history does not fit this worker's version: ${error.message}`);
    throw error;
  }
}

/** Of histories the server's answer comes as it is. */
function isUnknown(error: unknown): error is Error {
  if (error instanceof WorkflowNotFoundError) return true;
  if (!isGrpcServiceError(error)) return false;
  const { code }: { readonly code: number } = error;
  return code === NOT_FOUND;
}

function refused(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}
