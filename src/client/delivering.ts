import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { MESSAGE_WORKFLOW_TYPE, MessageAgent, type MessageAgentInput } from '../contracts/message-agent.ts';
import { describeIssues } from '../contracts/messages.ts';
import { type Access, askServer } from './access.ts';
import { GatewayError } from './gateway-error.ts';

/** The server refuses a summary of more than 400 bytes. */
const MAX_SUMMARY_CHARS = 100;

/**
 * Hands a message or event to the server, which sees to it that the agent gets it, and starts the agent first if that is
 * asked for. Needs no worker to be there. What has this delivery's id already is not sent again, also when the agent
 * has ended since: the server knows ids as long as it keeps closed workflows. One that failed is tried again.
 */
export async function deliver(
  access: Access,
  deliveryId: string,
  message: MessageAgentInput,
): Promise<{ isRepeat: boolean }> {
  const parsed = MessageAgent.safeParse(message);
  if (!parsed.success) throw new GatewayError('Invalid', describeIssues(parsed.error));
  const { client, taskQueue } = access;
  try {
    await askServer(access, () =>
      client.workflow.start(MESSAGE_WORKFLOW_TYPE, {
        workflowId: deliveryId,
        taskQueue,
        args: [message],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        staticSummary: `to ${message.agent}`.slice(0, MAX_SUMMARY_CHARS),
      }),
    );
    return { isRepeat: false };
  } catch (error) {
    const isRepeat =
      error instanceof GatewayError && error.cause instanceof WorkflowExecutionAlreadyStartedError;
    if (isRepeat) return { isRepeat };
    throw error;
  }
}
