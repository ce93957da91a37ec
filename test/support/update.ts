import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { isGivenUp } from '../../src/client/failures.ts';
import { grpcCodeOf, grpcStatus } from '../../src/runtime/grpc-status.ts';

/** Each loss takes a workflow task that failed; more in a row are no accident. */
const maxTries = 20;
const pauseMs = 1_000;

/**
 * Sends an update, again if it got lost with its workflow task, as every sender has to. Where some tasks in a row have failed or timed out, as
 * they do when workers are killed on a busy machine, the server takes no more updates until one is completed: then a little later.
 */
export async function update(handle: WorkflowHandle, name: string, payload: object): Promise<unknown> {
  for (let tries = 1; ; tries += 1)
    try {
      return await handle.executeUpdate<unknown, [object]>(name, { args: [payload] });
    } catch (error) {
      if (tries === maxTries) throw error;
      if (isGivenUp(error)) continue;
      if (!isRefused(error)) throw error;
      await pause(pauseMs);
    }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && grpcCodeOf(error.cause) === grpcStatus.failedPrecondition;
}
