import { randomUUID } from 'node:crypto';
import proto from '@temporalio/proto';
import { isNothing, type Rewound, type Undone } from '../contracts/rewind.ts';
import { stateAtTurn } from '../core/run-views.ts';
import { undoneSince } from '../core/undone.ts';
import type { HistoryEvent } from '../history/activations.ts';
import type { ReadRun } from '../history/read-run.ts';
import { resetTask } from '../history/reset-task.ts';
import { type Access, askServer } from './access.ts';
import { eventsOf, foldHistory } from './agent-history.ts';
import { orArchived } from './archived.ts';
import { GatewayError } from './gateway-error.ts';
import { describeAgent } from './sending.ts';

/** Who goes back further in an agent's life starts a fork of it. */
const MAX_RUNS = 100;

const { ResetReapplyExcludeType } = proto.temporal.api.enums.v1;

export interface RewindOptions {
  readonly by: string;
  readonly reason?: string;
  /** Asked before anything that happened since is left behind. */
  readonly agree: (undone: Undone) => boolean | Promise<boolean>;
}

/**
 * Has the same agent go on from the end of an earlier turn. What people said since is not said again; effects stay
 * done, and the same call has the same key when it is made again. Undefined if nobody agreed.
 */
export async function rewindAgent(
  access: Access,
  id: string,
  turn: number,
  { by, reason, agree }: RewindOptions,
): Promise<Rewound | undefined> {
  const { undone, task, runId: from } = await wayBack(access, id, turn);
  refuseParent(undone);
  if (!isNothing(undone)) {
    if (!(await agree(undone))) return undefined;
    // Whoever agreed may have taken long, and has agreed to no more than this.
    const now = await wayBack(access, id, turn);
    if (now.runId !== from || JSON.stringify(now.undone) !== JSON.stringify(undone))
      throw new GatewayError('Conflict', `Agent ${id} has done more meanwhile than was agreed to.`, {
        help: `Pause it first: perdure pause ${id}`,
        details: now.undone,
      });
  }
  const why = `rewound to turn ${turn} by ${by}${reason === undefined ? '' : `: ${reason}`}`;
  const { runId } = await reset(access, { id, runId: from, task, why });
  return { agent: id, runId, turn, undone };
}

function refuseParent(undone: Undone): void {
  if (undone.children.length === 0) return;
  throw new GatewayError(
    'Conflict',
    `Agents that were started since are still at work: ${undone.children.join(', ')}.`,
    { help: 'Stop them first (perdure stop), or start a fork instead.', details: undone },
  );
}

/** What going back to the end of a turn would leave behind; nothing is changed. */
export async function undoneSinceTurn(access: Access, id: string, turn: number): Promise<Undone> {
  return (await wayBack(access, id, turn)).undone;
}

/** Where an agent would have to be reset for it to go on from the end of a turn, and what happened since. */
async function wayBack(
  access: Access,
  id: string,
  turn: number,
): Promise<{ undone: Undone; task: NonNullable<HistoryEvent['eventId']>; runId: string }> {
  const { runId: newest } = await orArchived(
    access,
    id,
    () => describeAgent(access, id),
    () => {
      throw new GatewayError('Conflict', `Agent ${id} has ended, and only the archive still has it.`, {
        help: `Start a fork instead: perdure fork ${id}@${turn}`,
      });
    },
  );
  const { runs, events, runId } = await runsBackTo(access, id, { turn, newest });
  const converter = access.client.options.loadedDataConverter;
  const [oldest] = runs;
  const found = oldest && stateAtTurn(oldest.record, turn, oldest.previousRunId);
  const task = found?.ok ? await resetTask(id, events, converter, turn) : undefined;
  if (!task) {
    const why = found?.ok === false ? found.rejection.message : `turn ${turn} has not ended yet`;
    throw new GatewayError('NotFound', `Agent ${id}: ${why}.`, {
      help: `See which turns there are: perdure transcript ${id}`,
    });
  }
  const undone = undoneSince(
    runs.map(({ record }) => record),
    turn,
  );
  return { undone, task, runId };
}

/** The run in which the turn ended and all after it, the oldest first, with events and id of the oldest. */
async function runsBackTo(
  access: Access,
  id: string,
  { turn, newest }: { readonly turn: number; readonly newest: string },
): Promise<{ runs: ReadRun[]; events: readonly HistoryEvent[]; runId: string }> {
  const runs: ReadRun[] = [];
  let runId = newest;
  for (let count = 0; count < MAX_RUNS; count += 1) {
    const events = await eventsOf(access, id, runId);
    const run = await foldHistory(access, id, events);
    runs.unshift(run);
    if (run.previousRunId === undefined || turn >= run.record.initial.checkpoint)
      return { runs, events, runId };
    runId = run.previousRunId;
  }
  throw new GatewayError('NotFound', `Turn ${turn} of agent ${id} is too far back.`, {
    help: `Start a fork instead: perdure fork ${id}@${turn}`,
  });
}

async function reset(
  { client, ...access }: Access,
  {
    id,
    runId,
    task,
    why,
  }: { id: string; runId: string; task: NonNullable<HistoryEvent['eventId']>; why: string },
): Promise<{ runId: string }> {
  const { namespace, identity } = client.options;
  const answer = await askServer({ client, ...access }, () =>
    client.workflowService.resetWorkflowExecution({
      ...{ namespace, identity, reason: why, requestId: randomUUID() },
      workflowExecution: { workflowId: id, runId },
      workflowTaskFinishEventId: task,
      resetReapplyExcludeTypes: [
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST,
      ],
    }),
  );
  return { runId: answer.runId };
}
