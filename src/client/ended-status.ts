import type { StatusDocument } from '../contracts/status.ts';
import { isOpen } from '../runtime/open-workflow.ts';
import type { Access } from './access.ts';
import { readAgentRun } from './agent-history.ts';
import { isUnknown } from './archived.ts';
import { GatewayError } from './gateway-error.ts';
import type { RunMemory } from './run-memory.ts';
import { statusOfRun } from './run-status.ts';
import { describeAgent } from './sending.ts';

/**
 * The status of an agent that has ended, from its last run, which whoever looks at it reads anyway and which is kept: a worker
 * would have to replay it. Undefined of one that is open, or whose history can't be read here.
 */
export async function endedStatus(
  access: Access,
  memory: RunMemory,
  id: string,
): Promise<StatusDocument | undefined> {
  try {
    const description = await describeAgent(access, id);
    if (isOpen(description)) return undefined;
    const { runId } = description;
    const { run } = await memory.runOrRead(runId, () => readAgentRun(access, id, runId));
    return statusOfRun(run);
  } catch (error) {
    // Temporal knows it no more, or its code is another one: the usual way has what there is to say.
    if (isUnknown(error) || (error instanceof GatewayError && error.type === 'NoWorker')) return undefined;
    throw error;
  }
}
