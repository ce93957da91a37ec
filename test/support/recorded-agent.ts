import type { ForkInput, ForkStart } from '../../src/client/forking.ts';
import type { DecisionKind } from '../../src/contracts/messages.ts';
import type { Step } from './models.ts';
import type { Stage } from './stage.ts';
import type { TemporalCli } from './temporal-cli.ts';

/** An agent whose history is kept: its models' scripts, and what people do while it lives. */
export interface RecordedAgent {
  readonly definition: string;
  readonly script: readonly Step[];
  /** A second model, for the definition that has one. */
  readonly fallback?: readonly Step[];
  /** What the agents that it delegates to say, whichever is first. */
  readonly below?: readonly Step[];
  /** Resolves when the agent needs nobody any more. */
  readonly meanwhile: (people: People) => Promise<unknown>;
  /** The definition's own models are asked instead of the one called like the agent. */
  readonly ownModels?: boolean;
  /** People are told of what it asks. */
  readonly isTold?: boolean;
  /** It is a fork of an agent of the same definition and models, which people have brought to its end before. */
  readonly forkOf?: {
    readonly how: ForkInput & { readonly start: ForkStart };
    readonly meanwhile: RecordedAgent['meanwhile'];
  };
}

export interface People {
  readonly stage: Stage;
  readonly temporal: TemporalCli;
  readonly id: string;
}

/** Decides the turn's call at this place, from 0, once it is asked about. */
export async function decide(
  { stage, id }: People,
  index: number,
  decision: DecisionKind,
  more: { message?: string; args?: Record<string, string> } = {},
): Promise<void> {
  const suffix = `-${index + 1}-`;
  const { approvals } = await stage.untilStatus(id, (now) =>
    now.approvals.some((one) => one.id.includes(suffix)),
  );
  const approval = approvals.find((one) => one.id.includes(suffix));
  await stage.gateway.send(id, 'decide', { approval: approval?.id, decision, by: 'ann', ...more });
}
