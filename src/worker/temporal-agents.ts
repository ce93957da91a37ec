import { Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { AgentsPort } from '../activities/ports.ts';
import type { AgentLooks } from '../contracts/activities.ts';
import type { ChildEnding } from '../contracts/child.ts';
import type { AgentSight } from '../contracts/command.ts';
import { dataConverter } from '../contracts/data-converter.ts';
import { endingOfError, endingOfResult } from '../core/child-event.ts';

/** Other agents through the worker's own connection. */
export function temporalAgents(connection: NativeConnection, namespace: string): AgentsPort {
  const client = new Client({ connection, namespace, dataConverter });
  return { look: (sight) => look(client, sight) };
}

async function look(client: Client, { agentId, run }: AgentSight): Promise<AgentLooks> {
  try {
    const { status, raw } = await client.workflow.getHandle(agentId).describe();
    const isSame = raw.workflowExecutionInfo?.firstRunId === run;
    const isOpen =
      status.name === 'RUNNING' || status.name === 'PAUSED' || status.name === 'CONTINUED_AS_NEW';
    // The id may have been used again since; the chain of runs that is meant has then ended.
    if (isSame && isOpen) return {};
    return { ending: await endingOf(client, { agentId, run }) };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { ending: { status: 'failed', failure: gone } };
  }
}

const gone = { type: 'NotFound', message: "it has ended, and the server's retention is over" };

async function endingOf(client: Client, { agentId, run }: AgentSight): Promise<ChildEnding> {
  try {
    return endingOfResult(await client.workflow.getHandle(agentId, run).result());
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return endingOfError(error.cause);
  }
}
