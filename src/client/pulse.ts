import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import type { Access } from './access.ts';
import { GatewayError } from './gateway-error.ts';
import { describeAgent, isOpen } from './sending.ts';

/** Whether anything has happened to an agent, as the server knows without asking a worker. */
export interface Pulse {
  readonly open: boolean;
  /** Another one whenever the agent's history has grown. */
  readonly mark: string;
}

/** Fails `NotFound`, also for a workflow that is no agent. */
export async function pulseOf(access: Access, id: string): Promise<Pulse> {
  const description = await describeAgent(access, id);
  if (description.type !== AGENT_WORKFLOW_TYPE)
    throw new GatewayError(
      'NotFound',
      `There is no agent with the id ${id}: it is a workflow of another kind.`,
    );
  return { open: isOpen(description), mark: `${description.runId}/${description.historyLength}` };
}
