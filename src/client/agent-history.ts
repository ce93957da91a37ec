import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { ListedAgent } from '../contracts/answers.ts';
import type { AgentState } from '../contracts/state.ts';
import { HistoryMismatch } from '../core/fold-run.ts';
import { isBeforeFork, stateAtTurn } from '../core/run-views.ts';
import type { HistoryEvent } from '../history/activations.ts';
import { readHead, type RunHead } from '../history/read-head.ts';
import { type ReadRun, readRun } from '../history/read-run.ts';
import { type Access, askServer } from './access.ts';
import { archivedEvents, isUnknown, orArchived } from './archived.ts';
import { GatewayError } from './gateway-error.ts';
import { collect, listQuery } from './listing.ts';
import { describeAgent, refuseStranger } from './sending.ts';

/** A chain this long would take minutes to read; an agent's checkpoint is further back only if its id was used for years. */
const MAX_RUNS = 2_000;
/** Replaying so many takes the better part of an hour. */
const MAX_OPEN = 10_000;

/** The newest run of an agent, or a given one, folded from its history: no worker is needed. */
export async function readAgentRun(access: Access, id: string, runId?: string): Promise<ReadRun> {
  return foldHistory(access, id, await eventsOf(access, id, runId));
}

/** From the server, and from the archive what the server no longer has. Fails `NotFound` if neither has it. */
export async function eventsOf(access: Access, id: string, runId?: string): Promise<HistoryEvent[]> {
  const handle = access.client.workflow.getHandle(id, runId);
  try {
    const { events } = await askServer(access, () => handle.fetchHistory());
    return events ?? [];
  } catch (error) {
    const archived = isUnknown(error) ? await archivedEvents(access, id, runId) : undefined;
    if (!archived) throw error;
    return archived.events;
  }
}

/** Fails `NoWorker` for a history that this version can't read. */
export async function foldHistory(
  access: Access,
  id: string,
  events: readonly HistoryEvent[],
): Promise<ReadRun> {
  return explainMismatch(id, () => readRun(id, events, access.client.options.loadedDataConverter));
}

/** The last run of an agent, and how long its history is. Fails `NotFound`. */
export function newestRun(access: Access, id: string): Promise<{ runId: string; historyLength: number }> {
  return orArchived<{ runId: string; historyLength: number }>(
    access,
    id,
    () => describeAgent(access, id),
    ({ runId, events }) => ({ runId, historyLength: events }),
  );
}

/** How a run begins: one event of it, however long its history is. */
export async function readRunHead(access: Access, workflowId: string, runId: string): Promise<RunHead> {
  const first = await firstEventOf(access, workflowId, runId);
  return explainMismatch(workflowId, () =>
    readHead(workflowId, first, access.client.options.loadedDataConverter),
  );
}

/** Of the newest run, unless another is named. From the archive what the server no longer has. Fails `NotFound`. */
export async function firstEventOf(
  access: Access,
  workflowId: string,
  runId?: string,
): Promise<HistoryEvent | undefined> {
  const { workflowService, options } = access.client;
  try {
    const { history } = await askServer(access, () =>
      workflowService.getWorkflowExecutionHistory({
        namespace: options.namespace,
        execution: { workflowId, ...(runId === undefined ? {} : { runId }) },
        maximumPageSize: 1,
      }),
    );
    return history?.events?.[0];
  } catch (error) {
    const archived = isUnknown(error) ? await archivedEvents(access, workflowId, runId) : undefined;
    if (!archived) throw error;
    return archived.events[0];
  }
}

async function explainMismatch<T>(id: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof HistoryMismatch)) throw error;
    throw new GatewayError('NoWorker', `The history of agent ${id} can't be read here: ${error.message}.`, {
      help: 'Start a worker of the version that wrote it, and ask again; or read it in the Web UI.',
      cause: error,
    });
  }
}

/** The whole state at the end of a turn, in whichever run of the agent that was. Fails `NotFound`. */
export async function stateAtCheckpoint(access: Access, id: string, turn: number): Promise<AgentState> {
  // Another kind of workflow has turns of another kind, or none.
  await refuseStranger(access, id).catch(unlessUnknown);
  let run = await readAgentRun(access, id);
  const isEarlier = ({ initial }: ReadRun['record']): boolean =>
    turn < initial.checkpoint && !isBeforeFork(initial, turn);
  for (let runs = 1; isEarlier(run.record) && run.previousRunId !== undefined; runs++) {
    if (runs > MAX_RUNS) throw new GatewayError('NotFound', `Turn ${turn} of agent ${id} is too far back.`);
    run = await readAgentRun(access, id, run.previousRunId).catch(explainGone(id, turn));
  }
  const found = stateAtTurn(run.record, turn, run.previousRunId);
  if (found.ok) return found.state;
  throw new GatewayError(found.rejection.type, `Agent ${id}: ${found.rejection.message}.`, {
    help: `See which turns there are: perdure transcript ${id}`,
  });
}

function unlessUnknown(error: unknown): void {
  if (!isUnknown(error)) throw error;
}

/** Temporal keeps the runs that an agent has left behind only for the namespace's retention. */
function explainGone(id: string, turn: number): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof GatewayError) || error.type !== 'NotFound') throw error;
    throw new GatewayError(
      'NotFound',
      `Turn ${turn} of agent ${id} is past the server's retention, and not in the archive.`,
      {
        help: 'Raise the retention of the namespace, or archive runs, for the agents to come.',
        cause: error,
      },
    );
  };
}

/** A run's history in the JSON that Temporal's own tools write: the newest run, unless another is named. */
export async function historyOf(access: Access, id: string, runId?: string): Promise<unknown> {
  if (runId === undefined) await newestRun(access, id);
  return JSON.parse(historyToJSON({ events: await eventsOf(access, id, runId) }));
}

/** The newest of them, if there are more than can be looked at one by one. */
export async function openAgents(access: Access): Promise<{ agents: ListedAgent[]; isComplete: boolean }> {
  const found = await collect(access, listQuery({ query: `ExecutionStatus = 'Running'` }), MAX_OPEN + 1);
  return { agents: found.slice(0, MAX_OPEN), isComplete: found.length <= MAX_OPEN };
}
