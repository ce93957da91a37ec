import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { type AgentMessageName, parseMessage } from '../contracts/messages.ts';
import { StatusDocument } from '../contracts/status.ts';
import { isOpen } from '../runtime/open-workflow.ts';
import { type Access, askAgent, askServer } from './access.ts';
import { findArchived, isUnknown } from './archived.ts';
import { isGivenUp } from './failures.ts';
import { GatewayError } from './gateway-error.ts';
import { Turnstile } from './turnstile.ts';

/** An agent that continues as new while an update is on its way aborts it; the new run takes it. */
const MAX_ATTEMPTS = 3;
/** In a flood of messages an ending run may give up on an update several times; the pauses make up five seconds. */
const MAX_GIVEN_UP = 10;
const GIVEN_UP_PAUSE_MS = 100;
/**
 * The server takes ten updates of an agent at a time, and whoever is refused tries again after seconds, so that of a hundred none
 * was answered in time. Half of them, because other processes send too.
 */
const MAX_AT_ONCE = 5;
const turnstile = new Turnstile(MAX_AT_ONCE);

/**
 * Sends a message as an update and answers with the status that follows from it. Fails with what the agent refuses,
 * `Closed` when it has ended and `NotFound` when it never was. One update id per call: a repeated request acts once.
 */
export async function sendMessage(
  access: Access,
  id: string,
  name: AgentMessageName,
  payload: unknown,
): Promise<StatusDocument> {
  const parsed = parseMessage(name, payload);
  if (!parsed.ok) throw new GatewayError('Invalid', parsed.reason);
  // Another kind of workflow may know a message by the same name, or keep it for ever if it knows none.
  await refuseClosed(access, id);
  const updateId = randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      return await update(access, id, name, { updateId, args: [parsed.message.payload] });
    } catch (error) {
      // Temporal says "not found" of closed workflows too; a refusal of the agent itself is not meant.
      if (!isUnknown(error)) throw error;
      const description = await describeAgent(access, id);
      if (isOpen(description) && attempt < MAX_ATTEMPTS) continue;
      throw closed(id, description);
    }
  }
}

/** Asks the agent to end at once, wherever it is. It may still clean up. */
export async function cancelAgent(access: Access, id: string, reason: string): Promise<void> {
  // The server accepts a cancellation of what has ended already, and nothing comes of it.
  await refuseClosed(access, id);
  try {
    await askServer(access, () =>
      access.client.workflowService.requestCancelWorkflowExecution({
        namespace: access.client.options.namespace,
        workflowExecution: { workflowId: id },
        identity: access.client.options.identity,
        requestId: randomUUID(),
        // Half a character is nothing that the server takes.
        reason: reason.toWellFormed(),
      }),
    );
  } catch (error) {
    if (!isUnknown(error)) throw error;
    throw closed(id, await describeAgent(access, id));
  }
}

/** Fails `Closed` for an agent that has ended, also if only the archive knows it, and `NotFound` for one that never was. */
async function refuseClosed(access: Access, id: string): Promise<void> {
  try {
    const known = await describeAgent(access, id);
    if (!isOpen(known)) throw closed(id, known);
  } catch (error) {
    const archived = isUnknown(error) ? await findArchived(access, id) : undefined;
    if (!archived) throw error;
    const { status, closedAt } = archived;
    throw closed(id, { status: { name: status }, closeTime: new Date(closedAt) });
  }
}

/** The server's own view of an agent, which needs no worker. Fails `NotFound`, also for a workflow that is no agent. */
export async function describeAgent(access: Access, id: string): Promise<WorkflowExecutionDescription> {
  const description = await askServer(access, () => access.client.workflow.getHandle(id).describe());
  if (description.type === AGENT_WORKFLOW_TYPE) return description;
  throw new GatewayError(
    'NotFound',
    `There is no agent with the id ${id}: it is a workflow of another kind.`,
  );
}

/** Other workflows refuse what only agents understand, or nobody serves them. Fails `NotFound` for one, and never otherwise. */
export async function refuseStranger(access: Access, id: string): Promise<void> {
  try {
    await describeAgent(access, id);
  } catch (error) {
    if (error instanceof GatewayError && error.type === 'NotFound') throw error;
  }
}

async function update(
  access: Access,
  id: string,
  name: AgentMessageName,
  options: { updateId: string; args: [unknown] },
): Promise<StatusDocument> {
  // Waiting is a part of the time in which the agent has to answer.
  const answer = await askAgent(access, id, () =>
    turnstile.pass(id, () => executeUpdate(access, id, name, options)),
  );
  const parsed = StatusDocument.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new GatewayError('Invalid', `Agent ${id} accepted ${name} but its answer can't be read here.`, {
    help: 'The worker is of another version than this client; update the older of the two.',
  });
}

/** The update id stays the same, so that an update that was taken after all acts once. */
async function executeUpdate(
  { client }: Access,
  id: string,
  name: AgentMessageName,
  options: { updateId: string; args: [unknown] },
): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.workflow.getHandle(id).executeUpdate<unknown, [unknown]>(name, options);
    } catch (error) {
      if (!isGivenUp(error) || attempt >= MAX_GIVEN_UP) throw error;
      await setTimeout(GIVEN_UP_PAUSE_MS * attempt);
    }
  }
}

function closed(
  id: string,
  { status, closeTime }: { status: { name: string }; closeTime?: Date },
): GatewayError {
  const when = closeTime ? ` at ${closeTime.toISOString()}` : '';
  const how = status.name.toLowerCase().replaceAll('_', ' ');
  return new GatewayError('Closed', `Agent ${id} has ended (${how}${when}).`, {
    details: { status: how, ...(closeTime ? { closedAt: closeTime.toISOString() } : {}) },
  });
}
