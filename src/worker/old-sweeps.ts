import type { Client } from '@temporalio/client';
import { SWEEP_WORKFLOW_TYPE } from '../contracts/archive-sweep.ts';
import { quoted } from '../contracts/visibility-query.ts';

/** Long enough to look at what the last sweeps did; one a minute for the whole retention would bury the agents in every list. */
const KEPT_MS = 3_600_000;
/** In an hour that nobody swept more have become old; the next sweeps have the others. */
const MAX_AT_ONCE = 20;

/** Has the server forget sweeps that ended well an hour ago. Those that failed stay. Nothing depends on it, so it never fails. */
export async function forgetOldSweeps(client: Client, taskQueue: string, now: number): Promise<void> {
  const { workflowService, options } = client;
  const { namespace } = options;
  const before = new Date(now - KEPT_MS).toISOString();
  const query = `WorkflowType = '${SWEEP_WORKFLOW_TYPE}' AND TaskQueue = ${quoted(taskQueue)} AND ExecutionStatus = 'Completed' AND CloseTime < '${before}'`;
  try {
    const { executions } = await workflowService.listWorkflowExecutions({
      ...{ namespace, query, pageSize: MAX_AT_ONCE },
    });
    for (const { execution: workflowExecution } of executions)
      if (workflowExecution) await workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
  } catch {
    // Who may not delete has them for the namespace's retention.
  }
}
