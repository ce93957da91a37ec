import { type Boundary, boundaries } from './boundaries.ts';
import type { Chance } from './random.ts';

/** Every way in which the suite harms an agent's surroundings; a row of its table each. */
export const faultKinds = [
  'worker SIGKILL',
  'worker SIGSTOP past the heartbeat, then SIGCONT',
  'all workers SIGKILL at once',
  'server SIGKILL and restart',
  'server SIGKILL and restart, again and again',
  'server: disk full',
  'workers: disk full',
  'worker: clock set forward',
  'worker: clock set back',
  'worker: connections cut',
  'worker: requests held up, delivered late',
  'worker: answers held up, then lost',
  'worker: cut off in both directions',
  'worker: acknowledgement lost after commit',
  'client: connections cut',
  'client: acknowledgement lost after commit',
  'client: cut off in both directions',
  "effect's owner: acknowledgement lost",
  'model: 429 with Retry-After',
  'model: 429 without Retry-After',
  'model: 500',
  'model: silence, then cut connection',
  'model: cut stream',
  'model: truncated JSON',
  'model: unknown tool',
  'model: bad arguments',
  'model: empty reply',
  'model: wrong content type',
  'message flood, each twice',
  'ledger locked',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Moments in the agents' progress at which a fault may come; told apart by what passes, not by the clock. */
export type Moment = Boundary | 'model-request' | 'message';

/** A fault, and the moment at which it comes: the n-th passage of the round, before or after it. */
export interface Fault {
  readonly kind: FaultKind;
  readonly moment: Moment;
  readonly side: 'before' | 'after';
  readonly nth: number;
  /** How long it lasts, where it lasts. */
  readonly lastsMs: number;
}

/** Longer than the heartbeat timeout of an activity and than the timeout of a workflow task. */
const suspendedMs = 12_000;
/** As long as the specification of the suite wants the ledger locked; the short version has less time. */
const lockedMs = { long: 30_000, short: 4_000 };
const fullMs = { long: 15_000, short: 4_000 };

/** Boundaries that come often enough in any plan to be waited for. */
const frequent = boundaries.filter(
  (boundary) => boundary !== 'continue-as-new' && boundary !== 'approval-record',
);

export function faultsOf(kind: FaultKind, chance: Chance, { long }: { long: boolean }): Fault {
  const fault = (moment: Moment, side: 'before' | 'after', lastsMs = 0): Fault => ({
    ...{ kind, moment, side, lastsMs },
    nth: chance.between(1, moment === 'model-request' ? 12 : 8),
  });
  const either = (): 'before' | 'after' => chance.of(['before', 'after']);
  if (kind.startsWith('model:')) return fault('model-request', 'before');
  switch (kind) {
    case 'worker SIGSTOP past the heartbeat, then SIGCONT':
      return fault(chance.of(frequent), either(), suspendedMs);
    case 'worker: acknowledgement lost after commit':
      return fault(chance.of(wireBoundaries), 'after');
    case 'client: acknowledgement lost after commit':
    case 'client: connections cut':
    case 'message flood, each twice':
      return fault('message', 'after');
    case 'client: cut off in both directions':
      return fault('message', either(), chance.between(500, 4_000));
    case "effect's owner: acknowledgement lost":
      return fault('tool-effect', 'after');
    case 'ledger locked':
      return fault('tool-claim', 'before', long ? lockedMs.long : lockedMs.short);
    case 'workers: disk full':
      return fault('tool-claim', 'before', long ? fullMs.long : fullMs.short);
    case 'server: disk full':
      return fault(chance.of(frequent), either(), long ? fullMs.long : fullMs.short);
    case 'server SIGKILL and restart, again and again':
      return fault(chance.of(frequent), either(), chance.between(200, 1_000));
    case 'server SIGKILL and restart':
    case 'worker: requests held up, delivered late':
    case 'worker: answers held up, then lost':
    case 'worker: cut off in both directions':
      return fault(chance.of(frequent), either(), chance.between(500, 7_000));
    default:
      return fault(chance.of(frequent), either());
  }
}

/** What is seen on the worker's own wire; the effect is seen at its owner. */
const wireBoundaries = frequent.filter((boundary) => boundary !== 'tool-effect');

/** Whose disk has to be one that can be filled, for a fault to be possible. */
export function diskFor({ kind }: Fault): 'server' | 'workers' | undefined {
  if (kind === 'server: disk full') return 'server';
  return kind === 'workers: disk full' ? 'workers' : undefined;
}

export function smallDisksFor(faults: readonly Fault[]): readonly ('server' | 'workers')[] {
  return faults.flatMap((fault) => diskFor(fault) ?? []);
}
