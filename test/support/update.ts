import type { WorkflowHandle } from '@temporalio/client';
import { isGivenUp } from '../../src/client/failures.ts';

/** Each loss takes a workflow task that failed; more in a row are no accident. */
const maxTries = 20;

/** Sends an update, again if it got lost with its workflow task, as every sender has to. */
export async function update(handle: WorkflowHandle, name: string, payload: object): Promise<unknown> {
  for (let tries = 1; ; tries += 1)
    try {
      return await handle.executeUpdate<unknown, [object]>(name, { args: [payload] });
    } catch (error) {
      if (!isGivenUp(error) || tries === maxTries) throw error;
    }
}
