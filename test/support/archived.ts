import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { type Stage, until } from './stage.ts';

/** Has Temporal delete every run of an agent, as the end of its retention does. */
export async function forget(stage: Stage, agent: string): Promise<void> {
  const { namespace, client } = stage;
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${agent}'` }))
    await stage.connection.workflowService.deleteWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: agent, runId },
    });
  await until(`Temporal has forgotten ${agent}`, async () => {
    try {
      await client.workflow.getHandle(agent).describe();
      return false;
    } catch (error) {
      assert.ok(error instanceof WorkflowNotFoundError);
      const { count } = await client.workflow.count(`WorkflowId = '${agent}'`);
      return count === 0;
    }
  });
}

/** The file of an agent's audit that the worker has written. */
export function auditFileOf({ dataDir }: Stage, agent: string): string {
  const folder = join(dataDir, 'audit');
  const name = readdirSync(folder).find((file) => file.startsWith(`${agent}.`) && file.endsWith('.jsonl'));
  return join(folder, name ?? assert.fail(`there is no audit of ${agent}`));
}
