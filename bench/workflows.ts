import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { bareTaskQueue } from './bare/task-queue.ts';
import { type ModelCall, stubModelName } from './model-calls.ts';
import type { Bench } from './section.ts';
import { agentTaskQueue } from './stack.ts';

/** One thing that is measured: an agent, or the plain workflow that it is compared with. */
export interface Variant {
  readonly name: string;
  readonly call: ModelCall;
  /** The definition in `agents/`; without one it is the plain workflow. */
  readonly agent?: string;
  /** The plain workflow of `bare/workflow.ts`. */
  readonly bare?: string;
  readonly taskQueue?: string;
}

let count = 0;

/** Starts a workflow whose model makes that many calls and then says that it is done. */
export async function startVariant(
  { client }: Bench,
  { name, call, agent, bare = 'bareTurns', taskQueue }: Variant,
  turns: number,
): Promise<WorkflowHandleWithFirstExecutionRunId> {
  count += 1;
  const workflowId = `${name.replaceAll(/[^a-z]+/g, '-')}-${count}`;
  const model = stubModelName(call, turns, workflowId);
  if (agent === undefined) {
    return client.workflow.start(bare, { taskQueue: taskQueue ?? bareTaskQueue, workflowId, args: [model] });
  }
  const args = [{ agent, input: 'Begin.', model }];
  return client.workflow.start('persistentAgent', {
    ...{ taskQueue: taskQueue ?? agentTaskQueue, workflowId, args },
  });
}

/** Each round begins with another one, so that none always follows the same neighbour. */
export function rotated<Item>(items: readonly Item[], round: number): Item[] {
  const from = round % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
}
