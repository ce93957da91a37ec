import type { FaultKind } from './fault-kinds.ts';
import type { PlanOptions } from './plan.ts';

/** What `make faults` runs: several runs of the workflow for each agent, five faults, locks and suspensions at full length. */
export const fullRound: PlanOptions = { agents: 3, turns: 8, faults: 5, long: true };
/** What `make test` has time for. */
export const shortRound: PlanOptions = { agents: 2, turns: 4, faults: 10, long: false };

/** So many events begin a new run, so that even short lives have several. */
export const eventsPerRun = 120;

/** Always run by `make test`. Together they have each kind of fault once, and lives in which the moment of each comes. */
export const fixedSeeds: readonly number[] = [2778, 2779, 2780];

interface FailedSeed {
  readonly seed: number;
  /** Which faults it had then: the seed alone means others once there are more kinds. */
  readonly faults: readonly FaultKind[];
  readonly why: string;
}

/** Seeds of full rounds that once failed, and why; `make test` runs them again. */
export const failedSeeds: readonly FailedSeed[] = [
  {
    seed: 2004,
    faults: [
      ...(['worker SIGKILL', 'worker: connections cut', 'message flood, each twice'] as const),
      ...(['client: acknowledgement lost after commit', 'model: cut stream'] as const),
    ],
    why: 'a message was refused to its sender, and then taken when the network delivered it twice',
  },
];
