import * as z from 'zod';
import { Started } from '../../../contracts/answers.ts';
import { AgentStart, type AgentStartInput } from '../../../contracts/start.ts';
import { canonicalJson } from '../../../core/hash.ts';
import type { Gateway } from '../../gateway.ts';
import { GatewayError } from '../../gateway-error.ts';

export const StartAnswer = Started.partial({ runId: true }).extend({
  /** Whether an earlier request with the same Idempotency-Key had started it. */
  repeated: z.boolean(),
});
export type StartAnswer = z.input<typeof StartAnswer>;

interface Wanted {
  /** Of the request; without one nobody knows a repeat. */
  readonly key: string | undefined;
  /** Of the agent; undefined where chance chooses. */
  readonly id: string | undefined;
  /** Whether the id is the sender's own: somebody else may have taken it, while one that follows from a key was taken with that key. */
  readonly isOwnId: boolean;
  /** What is asked for, beside an agent that was started earlier. */
  readonly startBeside: (earlier: AgentStart) => AgentStartInput;
}

/** Starts an agent, or finds out that an earlier request with the same key has started it. */
export async function startedOnce(
  gateway: Gateway,
  { key, id, isOwnId, startBeside }: Wanted,
  start: () => Promise<Started>,
): Promise<StartAnswer> {
  try {
    return { ...(await start()), repeated: false };
  } catch (error) {
    const isTaken = error instanceof GatewayError && error.type === 'Conflict';
    if (!isTaken || key === undefined || id === undefined) throw error;
    const earlier = await gateway.startOf(id);
    if (isOwnId && earlier.once !== key) throw error;
    if (canonicalJson(earlier.start) !== canonicalJson(AgentStart.parse(startBeside(earlier.start))))
      throw new GatewayError('KeyReused', `the key came before with another request, which started ${id}`);
    return { agent: id, repeated: true };
  }
}
