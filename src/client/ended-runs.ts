import type { StoredRun } from '../storage/archive.ts';
import type { Gateway } from './gateway.ts';
import { GatewayError } from './gateway-error.ts';

/** Each is a description of the server's, which takes it some milliseconds. */
const CONCURRENT_LOOKS = 16;

/** Those runs whose agent is open nowhere: one that was reset lives on although all of its archived runs have ended. */
export async function runsOfEnded(
  gateway: Pick<Gateway, 'pulse'>,
  runs: readonly StoredRun[],
): Promise<StoredRun[]> {
  const agents = [...new Map(runs.map(({ run }) => [run.firstRunId, run.agent]))];
  const living = new Set<string>();
  const look = async (): Promise<void> => {
    for (let next = agents.shift(); next !== undefined; next = agents.shift()) {
      const [firstRunId, agent] = next;
      const pulse = await gateway.pulse(agent).catch(unlessUnknown);
      // An id may have been used again, by another agent.
      if (pulse?.open === true && pulse.firstRunId === firstRunId) living.add(firstRunId);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_LOOKS }, look));
  return runs.filter(({ run }) => !living.has(run.firstRunId));
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof GatewayError && error.type === 'NotFound') return undefined;
  throw error;
}
