import type { AgentState } from '../contracts/state.ts';
import { stateAtRevision } from '../core/run-views.ts';
import type { Access } from './access.ts';
import { GatewayError } from './gateway-error.ts';
import { readChain } from './run-chain.ts';
import type { RunMemory } from './run-memory.ts';

/** The whole state as it was when a revision came to be, in whichever run of the agent that was. Fails `NotFound`. */
export async function revisionState(
  access: Access,
  memory: RunMemory,
  id: string,
  revision: number,
): Promise<AgentState> {
  const { runs, earliest } = await readChain(access, memory, id, {
    isWanted: (head, next) => head.revision <= revision && (next === undefined || next.revision > revision),
    isEnough: (head) => head.revision <= revision,
  });
  const [run] = runs;
  const state = run && stateAtRevision(run.run.record, revision);
  if (state) return state;
  const why =
    revision < earliest.revision
      ? `revision ${revision} is past the server's retention; the first that is there is ${earliest.revision}`
      : `revision ${revision} is yet to come`;
  throw new GatewayError('NotFound', `Agent ${id}: ${why}.`, {
    help: `See which there are: perdure timeline ${id} --kind transition`,
  });
}
