import { type AgentMessageName, Decide } from '../contracts/messages.ts';
import type { StatusDocument } from '../contracts/status.ts';
import type { Access } from './access.ts';
import { approvalDetails } from './approval-details.ts';
import { GatewayError } from './gateway-error.ts';
import { sendMessage } from './sending.ts';

/**
 * Sends a message. An agent knows its last closed approvals alone; a decision on one that it has forgotten fails `Conflict` as it would have
 * while it knew it, with what became of it, as long as its histories tell.
 */
export async function sendToAgent(
  access: Access,
  id: string,
  name: AgentMessageName,
  payload: unknown,
): Promise<StatusDocument> {
  try {
    return await sendMessage(access, id, name, payload);
  } catch (error) {
    const isForgotten = name === 'decide' && error instanceof GatewayError && error.type === 'NotFound';
    throw (isForgotten ? await closedBefore(access, id, payload, error) : undefined) ?? error;
  }
}

async function closedBefore(
  access: Access,
  id: string,
  payload: unknown,
  cause: GatewayError,
): Promise<GatewayError | undefined> {
  const { approval } = Decide.parse(payload);
  try {
    const { state, approval: asked } = await approvalDetails(access, id, approval);
    if (state === 'open') return undefined;
    const last = asked.decisions.at(-1);
    const how =
      last && state === 'decided'
        ? `was decided by ${last.by} at ${last.at} (${last.decision})`
        : `is ${state}`;
    return new GatewayError('Conflict', `Approval ${approval} ${how}; many were closed since.`, { cause });
  } catch {
    return undefined;
  }
}
