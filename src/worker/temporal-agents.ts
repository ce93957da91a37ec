import {
  Client,
  type WorkflowClientInterceptor,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { AgentsPort } from '../activities/ports.ts';
import type { AgentLooks } from '../contracts/activities.ts';
import type { ChildEnding } from '../contracts/child.ts';
import type { AgentSight } from '../contracts/command.ts';
import { configuredConverter } from '../payloads/converter.ts';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { STARTED_BY } from '../contracts/start.ts';
import { endingOfError, endingOfResult } from '../core/child-event.ts';
import { summaryLine } from '../core/text.ts';
import { isOpen } from '../runtime/open-workflow.ts';
import type { AgentStarter } from '../tools/define-tool.ts';
import { deliver, findLife } from './delivering.ts';

/** Other agents through the worker's own connection. */
export function temporalAgents(
  connection: NativeConnection,
  {
    namespace,
    taskQueue,
    interceptors = [],
  }: { namespace: string; taskQueue: string; interceptors?: WorkflowClientInterceptor[] },
): AgentsPort & AgentStarter {
  const client = new Client({
    ...{ connection, namespace, dataConverter: configuredConverter() },
    interceptors: { workflow: interceptors },
  });
  return {
    look: (sight) => lookAt(client, sight),
    find: async (id) => {
      const life = await findLife(client, id);
      return life ? { life } : {};
    },
    deliver: (delivery) => deliver(client, delivery),
    start: (asked) => start(client, taskQueue, asked),
  };
}

async function start(
  client: Client,
  taskQueue: string,
  { id, start: argument, key }: Parameters<AgentStarter['start']>[0],
): ReturnType<AgentStarter['start']> {
  try {
    await client.workflow.start(AGENT_WORKFLOW_TYPE, {
      ...{ workflowId: id, taskQueue, args: [argument], memo: { [STARTED_BY]: key } },
      staticSummary: summaryLine(`${argument.agent}: ${argument.input ?? ''}`),
      workflowIdConflictPolicy: 'FAIL',
      // One that has ended keeps its id, so that a call that is repeated late starts nobody a second time.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
    return 'started';
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { memo } = await client.workflow.getHandle(id).describe();
    return memo?.[STARTED_BY] === key ? 'ours' : 'taken';
  }
}

/** Whether an agent, meant by its first run, has ended, and how. */
export async function lookAt(
  client: Pick<Client, 'workflow'>,
  { agentId, run }: AgentSight,
): Promise<AgentLooks> {
  try {
    const { status, raw } = await client.workflow.getHandle(agentId).describe();
    const isSame = raw.workflowExecutionInfo?.firstRunId === run;
    if (isSame && isOpen({ status })) return {};
    // Its last run says how it ended; earlier ones may be past the retention, or were cut off by a reset. Where the id has been used
    // again since, only the first one is known.
    const last = isSame ? raw.workflowExecutionInfo?.execution?.runId : undefined;
    return { ending: await endingOf(client, { agentId, run: last ?? run }) };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { ending: { status: 'failed', failure: gone } };
  }
}

const gone = { type: 'NotFound', message: "it has ended, and the server's retention is over" };

async function endingOf(
  client: Pick<Client, 'workflow'>,
  { agentId, run }: AgentSight,
): Promise<ChildEnding> {
  try {
    return endingOfResult(await client.workflow.getHandle(agentId, run).result());
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return endingOfError(error.cause);
  }
}
