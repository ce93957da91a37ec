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
  /** What follows from the key; of any other id nobody knows with which request it was started. */
  readonly keyedId: string | undefined;
  /** What is asked for, beside an agent that was started earlier. */
  readonly startBeside: (earlier: AgentStart) => AgentStartInput;
}

/** Starts an agent, or finds out that an earlier request with the same key has started it. */
export async function startedOnce(
  gateway: Gateway,
  { keyedId, startBeside }: Wanted,
  start: () => Promise<Started>,
): Promise<StartAnswer> {
  try {
    return { ...(await start()), repeated: false };
  } catch (error) {
    const isRepeat = error instanceof GatewayError && error.type === 'Conflict';
    if (!isRepeat || keyedId === undefined) throw error;
    const earlier = await gateway.startOf(keyedId);
    if (canonicalJson(earlier) !== canonicalJson(AgentStart.parse(startBeside(earlier))))
      throw new GatewayError(
        'KeyReused',
        `the key came before with another request, which started ${keyedId}`,
      );
    return { agent: keyedId, repeated: true };
  }
}
