import { type Client, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { toGatewayError } from './failures.ts';
import { GatewayError } from './gateway-error.ts';
import { agentQueue, thereOf } from './queue-pollers.ts';

/** A look at the queue must not double the wait of somebody whom nobody answered. */
const LOOK_TIMEOUT_MS = 3_000;

interface Silent {
  readonly client: Client;
  readonly answerTimeoutMs: number;
}

/** Identities of the workers that poll a task queue for workflow tasks. One that was killed counts for another minute or so. */
export async function workersPolling(client: Client, taskQueue: string): Promise<string[]> {
  const { pollers } = await client.withDeadline(Date.now() + LOOK_TIMEOUT_MS, () =>
    agentQueue(client, taskQueue),
  );
  return thereOf(pollers, Date.now()).map(({ identity }) => identity ?? '');
}

/** Why an agent did not answer in time: no such agent, no worker, or a worker that can't make progress. */
export async function explainSilence(access: Silent, id: string, cause: unknown): Promise<GatewayError> {
  const { client, answerTimeoutMs } = access;
  // The server keeps an update for a worker that comes soon, so nobody may conclude that it did not happen.
  const sent = cause instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  const fate = sent
    ? ' What you sent may still be carried out when one comes; look before you send it again.'
    : '';
  const seconds = Math.round(answerTimeoutMs / 1_000);
  try {
    const description = await client.withDeadline(Date.now() + LOOK_TIMEOUT_MS, () =>
      client.workflow.getHandle(id).describe(),
    );
    const { taskQueue } = description;
    if ((await workersPolling(client, taskQueue)).length === 0)
      return new GatewayError(
        'NoWorker',
        `No worker polls the task queue ${taskQueue} of agent ${id}.${fate}`,
        {
          cause,
        },
      );
    const attempt = description.raw.pendingWorkflowTask?.attempt ?? 0;
    if (attempt > 1)
      return new GatewayError(
        'NoWorker',
        `Agent ${id} can't take anything on: its workflow task has failed ${attempt - 1} times.${fate}`,
        { cause, help: `See what fails and what to do: perdure why ${id}` },
      );
    return new GatewayError(
      'NoWorker',
      `Agent ${id} did not answer within ${seconds} s although a worker polls ${taskQueue}: it may be busy, or have just been killed.${fate}`,
      { cause, help: 'Try again in a moment; if it stays so, read the log of the worker.' },
    );
  } catch (error) {
    return (
      toGatewayError(error) ??
      new GatewayError('Unreachable', `Agent ${id} did not answer within ${seconds} s.`, { cause })
    );
  }
}
