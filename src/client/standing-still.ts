import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { AgentState } from '../contracts/state.ts';
import { isoTime } from '../core/interruptions.ts';
import type { Access } from './access.ts';
import { shellWord } from './cli/view/text.ts';
import { GatewayError } from './gateway-error.ts';
import { runOf } from './run-chain.ts';
import type { RunMemory } from './run-memory.ts';
import { describeAgent } from './sending.ts';
import type { Trouble } from './trouble.ts';

/** An agent in one of these has a step, an agent below it or a workflow task under way at any time. */
const moving: readonly AgentState['status'][] = ['starting', 'thinking', 'acting'];

/**
 * Whether an agent has work to do that nobody has begun: a worker has completed its last task without what follows from it. Its history
 * says so; who has it in memory may not know. Undefined as well if the history can't be read here.
 */
export async function standingStill(
  access: Access,
  memory: RunMemory,
  description: WorkflowExecutionDescription,
  flags: readonly string[],
): Promise<Trouble | undefined> {
  const { workflowId: id } = description;
  if (hasWork(description)) return undefined;
  const state = await stateOf(access, memory, description);
  if (!state || !moving.includes(state.status)) return undefined;
  // It may have gone on while its history was read.
  const now = await describeAgent(access, id);
  if (hasWork(now) || now.runId !== description.runId || now.historyLength !== description.historyLength)
    return undefined;
  return {
    kind: 'standing_still',
    summary: `it is ${state.status}, and Temporal has nothing under way for it: a worker completed its last task without what follows from it`,
    advice: `Have that task done over; nothing that was done is lost or done twice: ${resetLine(id, flags)}`,
    since: isoTime(state.since),
  };
}

function resetLine(id: string, flags: readonly string[]): string {
  const how = ['--workflow-id', id, '--type', 'LastWorkflowTask', '--reason', 'stands still'];
  return ['temporal', 'workflow', 'reset', ...how, ...flags].map(shellWord).join(' ');
}

function hasWork({ raw, historyLength }: WorkflowExecutionDescription): boolean {
  const { pendingWorkflowTask, pendingActivities, pendingChildren } = raw;
  // Nobody has taken its first task yet, or it is about to be there.
  const isNew = historyLength < 4;
  return (
    isNew ||
    Boolean(pendingWorkflowTask) ||
    Boolean(pendingActivities?.length) ||
    Boolean(pendingChildren?.length)
  );
}

async function stateOf(
  access: Access,
  memory: RunMemory,
  { workflowId, runId, historyLength }: WorkflowExecutionDescription,
): Promise<AgentState | undefined> {
  try {
    const { run } = await runOf(access, memory, workflowId, runId, historyLength);
    return run.record.state;
  } catch (error) {
    if (error instanceof GatewayError && error.type === 'NoWorker') return undefined;
    throw error;
  }
}
