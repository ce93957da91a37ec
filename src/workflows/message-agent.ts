import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  CancelledFailure,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  patched,
  proxyActivities,
  proxyLocalActivities,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { Activities, LocalActivities } from '../contracts/activities.ts';
import {
  ASKING_CHANGE,
  DeliveryOutcome,
  FoundAgent,
  MessageAgent,
  type MessageSent,
} from '../contracts/message-agent.ts';
import { AGENT_WORKFLOW_TYPE, messageSignal } from '../contracts/message-definitions.ts';
import { describeIssues } from '../contracts/messages.ts';
import type { AgentStart } from '../contracts/start.ts';
import { toolTaskQueue } from '../contracts/task-queues.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { summaryLine } from '../core/text.ts';
import { activityOptions as options } from './activity-options.ts';
import { failure } from './handlers.ts';
import { notTaken } from './not-taken.ts';

const { findAgent } = proxyLocalActivities<LocalActivities>(options.find);
const { deliverMessage } = proxyActivities<Activities>(options.delivery);

/** An agent may end between two steps, and somebody else may start it: three rounds are two more than that takes. */
const MAX_ROUNDS = 3;
/** Ids of messages are shorter than those of workflows; the scheduled time is at the end. */
const MAX_ID_CHARS = 200;

/**
 * Says something to an agent, and starts it first if it is not there and the argument says how. Schedules can only start
 * workflows, so this is what one starts that speaks to an agent. It ends when the agent has taken it, and fails if the agent does not.
 */
export async function messageAgent(argument: unknown): Promise<MessageSent> {
  const message = parsedOrFail(argument);
  const id = message.id ?? workflowInfo().workflowId.slice(-MAX_ID_CHARS);
  // Can go when no delivery is open that began before version 0.3.
  const asks = patched(ASKING_CHANGE);
  let started = false;
  let isNew = false;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    // A new agent is told by the server itself, before it can come to its end; it is neither full nor stopped.
    const isTaken = asks && !isNew ? await isAccepted(message, id) : await isSignalled(message, id);
    if (isTaken) return { agent: message.agent, id, started };
    if (message.start === undefined) break;
    isNew = await isStartedNow(message.agent, message.start);
    started = isNew || started;
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

/** Asks the agent that is there. False if there is none, or it ended before it was asked. */
async function isAccepted(message: MessageAgent, id: string): Promise<boolean> {
  const { agent, by, text, event } = message;
  const { life } = FoundAgent.parse(await findAgent(agent));
  if (!life) return false;
  const what =
    text === undefined
      ? { name: 'event' as const, payload: { ...event, by, id } }
      : { name: 'message' as const, payload: { text, by, id } };
  const delivery = { agent, life, ...what, isReplaced: message.start !== undefined };
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  const summary = summaryLine(`${what.name} to ${agent}`);
  try {
    const outcome = await deliverMessage.executeWithOptions({ ...options.delivery, taskQueue, summary }, [
      delivery,
    ]);
    return DeliveryOutcome.parse(outcome) === 'taken';
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    throw notTaken(agent, error);
  }
}

async function isSignalled({ agent, by, text, event }: MessageAgent, id: string): Promise<boolean> {
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
