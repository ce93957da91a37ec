import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import { type FailureType, isFailureType } from '../contracts/failures.ts';
import type { AgentLife, Delivery, DeliveryOutcome } from '../contracts/message-agent.ts';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { grpcCodeOf, grpcStatus } from '../runtime/grpc-status.ts';
import { isOpen } from '../runtime/open-workflow.ts';

/** The next attempt asks for the answer to this one: it has the same id. */
const ANSWER_TIMEOUT_MS = 5_000;
/** A run that has not ended when the delivery began is followed by few others while it lasts. */
const MAX_RUNS = 1_000;
/** What an agent's mind does not change about. Everything else may be different in a while. */
const final: ReadonlySet<FailureType> = new Set(['Invalid', 'KeyReused', 'NotFound', 'Forbidden', 'Closed']);
const { HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT: closeEvent } =
  proto.temporal.api.enums.v1.HistoryEventFilterType;

type Asked = Pick<Client, 'workflow' | 'workflowService' | 'withDeadline' | 'options'>;

/** The agent that is open under this id. */
export async function findLife(
  { workflow }: Pick<Client, 'workflow'>,
  id: string,
): Promise<AgentLife | undefined> {
  try {
    const { status, type, runId, raw } = await workflow.getHandle(id).describe();
    const firstRun = raw.workflowExecutionInfo?.firstRunId ?? '';
    return type === AGENT_WORKFLOW_TYPE && isOpen({ status }) ? { firstRun, run: runId } : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/**
 * Asks the agent to take a message, and gets its answer. However often that is tried, it is one update to the server and one id to
 * the agent; and an agent that has ended since is not taken to have missed what it has got.
 */
export async function deliver(client: Asked, delivery: Delivery): Promise<DeliveryOutcome> {
  const { agent, life, name, payload } = delivery;
  const updateId = updateIdOf(delivery);
  const handle = client.workflow.getHandle(agent, undefined, { firstExecutionRunId: life.firstRun });
  try {
    await client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, () =>
      handle.executeUpdate<unknown, [unknown]>(name, { updateId, args: [payload] }),
    );
    return 'taken';
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw refusal(error, delivery);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw failure('NoWorker', 'nobody answers for it');
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  const now = await findLife(client, agent);
  if (now?.firstRun === life.firstRun) throw failure('NoWorker', 'it goes on in a new run');
  return (await hasGot(client, delivery)) ? 'taken' : 'ended';
}

function refusal({ cause }: WorkflowUpdateFailedError, { isReplaced }: Delivery): ApplicationFailure {
  // An update that a dying worker leaves out fails with a type that is none of ours.
  if (!(cause instanceof ApplicationFailure) || !isFailureType(cause.type))
    return failure('NoWorker', cause?.message ?? 'it gave no reason');
  const isFinal = final.has(cause.type) && !(cause.type === 'Closed' && isReplaced);
  return failure(cause.type, cause.message, isFinal);
}

function failure(type: FailureType, message: string, isFinal = false): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: isFinal });
}

/** Whether a life that has ended took it: an earlier attempt may not have lived to hear so. */
async function hasGot(client: Asked, delivery: Delivery): Promise<boolean> {
  let run: string | undefined = delivery.life.run;
  for (let count = 0; run !== undefined && count < MAX_RUNS; count += 1) {
    if (await isIn(client, delivery, run)) return true;
    run = await runAfter(client, delivery.agent, run);
  }
  return false;
}

/** The server keeps what was answered for as long as the run. */
async function isIn({ workflow }: Asked, delivery: Delivery, run: string): Promise<boolean> {
  try {
    await workflow.getHandle(delivery.agent, run).getUpdateHandle(updateIdOf(delivery)).result();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function runAfter(
  { workflowService, options: { namespace } }: Asked,
  workflowId: string,
  runId: string,
): Promise<string | undefined> {
  const execution = { workflowId, runId };
  try {
    const { history } = await workflowService.getWorkflowExecutionHistory({
      ...{ namespace, execution, historyEventFilterType: closeEvent },
    });
    const closed = history?.events?.[0]?.workflowExecutionContinuedAsNewEventAttributes;
    return closed?.newExecutionRunId ?? undefined;
  } catch (error) {
    if (grpcCodeOf(error) !== grpcStatus.notFound) throw error;
    throw failure('Closed', 'it has ended so long ago that nobody knows whether it had it', true);
  }
}

function updateIdOf({ name, payload }: Delivery): string {
  return `${name}/${payload.id}`;
}
