import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancelledFailure,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { MessageAgent, type MessageSent } from '../contracts/message-agent.ts';
import { AGENT_WORKFLOW_TYPE, messageSignal } from '../contracts/message-definitions.ts';
import { describeIssues } from '../contracts/messages.ts';
import type { AgentStart } from '../contracts/start.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { failure } from './handlers.ts';

/** An agent may end between two steps, and somebody else may start it: three rounds are two more than that takes. */
const MAX_ROUNDS = 3;
/** Ids of messages are shorter than those of workflows; the scheduled time is at the end. */
const MAX_ID_CHARS = 200;

/**
 * Says something to an agent, and starts it first if it is not there and the argument says how. Schedules can only start
 * workflows, so this is what one starts that speaks to an agent. The server itself sees to it that each signal
 * and each start in this history happens once.
 */
export async function messageAgent(argument: unknown): Promise<MessageSent> {
  const message = parsedOrFail(argument);
  const id = message.id ?? workflowInfo().workflowId.slice(-MAX_ID_CHARS);
  let started = false;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    if (await isTaken(message, id)) return { agent: message.agent, id, started };
    if (message.start === undefined) break;
    started = (await isStartedNow(message.agent, message.start)) || started;
  }
  throw failure({ type: 'NotFound', message: `there is no agent ${message.agent} that takes messages` });
}

function parsedOrFail(argument: unknown): MessageAgent {
  const parsed = MessageAgent.safeParse(argument);
  if (parsed.success) return parsed.data;
  const problem = isUndecodable(argument) ? undecodableReason(argument) : describeIssues(parsed.error);
  const hint = 'the argument must be {"agent": "<id>", "text": "<message>"}';
  throw failure({ type: 'Invalid', message: `${problem} (${hint})` });
}

async function isTaken({ agent, by, text, event }: MessageAgent, id: string): Promise<boolean> {
  const handle = getExternalWorkflowHandle(agent);
  try {
    if (text !== undefined) await handle.signal(messageSignal('message'), { text, by, id });
    else await handle.signal(messageSignal('event'), { ...event, by, id });
    return true;
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    return false;
  }
}

/** The agent is on its own from then on: it has nothing to do with the end of this workflow. */
async function isStartedNow(agent: string, start: AgentStart): Promise<boolean> {
  try {
    await startChild(AGENT_WORKFLOW_TYPE, {
      workflowId: agent,
      args: [start],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      staticSummary: start.agent,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
