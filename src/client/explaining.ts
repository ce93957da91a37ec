import type { Explanation } from '../contracts/explanation.ts';
import { explain, parseCallReference } from '../core/timeline/explain.ts';
import { joinRuns } from '../core/timeline/join-runs.ts';
import type { Access } from './access.ts';
import { GatewayError } from './gateway-error.ts';
import { readChain } from './run-chain.ts';
import type { RunMemory } from './run-memory.ts';

/** What led to a call, from the runs that its turn is in. Fails `Invalid` for what names no call, and `NotFound`. */
export async function explainCall(
  access: Access,
  memory: RunMemory,
  id: string,
  call: string,
): Promise<Explanation> {
  const reference = parseCallReference(call);
  if (!reference)
    throw new GatewayError('Invalid', `${call} names no call.`, {
      help: 'Write the turn and the place in it (3.1), the id of its approval (t3-1-9f2c11), or its key.',
    });
  const { turn } = reference;
  const { runs, earliest } = await readChain(access, memory, id, {
    // A call is carried on where it waits while its run ends.
    isWanted: (head, next) => head.turn <= turn && (next === undefined || next.turn >= turn),
    isEnough: (head) => head.turn < turn,
  });
  const [first] = runs;
  const found = first
    ? explain(joinRuns(runs.map(({ items }) => items)), first.run.record.state, reference)
    : undefined;
  if (found?.ok) return found.explanation;
  const why = found?.rejection.message ?? `turn ${turn} is not among those that can be read`;
  throw new GatewayError('NotFound', `Agent ${id}: ${why}.`, {
    help: `See what there is: perdure timeline ${id} --kind call --from ${Math.max(earliest.turn, 0)}`,
  });
}
