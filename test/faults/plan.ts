import type { Life } from './life.ts';
import { type FaultKind, faultKinds, faultsOf, type Fault } from './fault-kinds.ts';
import { Chance } from './random.ts';

/** What a seed decides: the agents' lives, who writes to them, and which fault comes at which moment of their progress. */
export interface Plan {
  readonly seed: number;
  readonly lives: readonly Life[];
  /** Messages of each of the two senders of an agent. */
  readonly messages: number;
  readonly faults: readonly Fault[];
  /** Whether the shipped invoice desk works beside them. */
  readonly desk: boolean;
}

export interface PlanOptions {
  readonly agents: number;
  readonly turns: number;
  readonly faults: number;
  /** Whether a lock, a suspension and the like may last as long as the specification of the suite says. */
  readonly long: boolean;
  /** Restricts the plan to these kinds, each once. */
  readonly only?: readonly FaultKind[];
}

export function planOf(seed: number, options: PlanOptions): Plan {
  const chance = new Chance(seed);
  const isDeskSeed = chance.happens(0.25);
  const desk = isDeskSeed && options.only === undefined;
  // The desk pays whatever invoices it finds in the workspace, those of other agents too.
  const kinds = desk ? steps.filter((kind) => kind !== 'pay') : steps;
  const lives = Array.from({ length: options.agents }, (_, index) =>
    lifeOf(chance, { agent: `r${seed}-${index}`, turns: options.turns, kinds }),
  );
  const faults = options.only ?? kindsOf(seed, options.faults);
  return {
    seed,
    lives,
    messages: chance.between(3, 6),
    faults: faults.map((kind) => faultsOf(kind, chance, options)),
    desk,
  };
}

/** Seeds in a row have different kinds until each has been there; which meet in a round is chance. */
function kindsOf(seed: number, count: number): FaultKind[] {
  const rounds = Math.ceil(faultKinds.length / count);
  const order = new Chance(Math.floor(seed / rounds)).shuffled(faultKinds);
  return order.slice((seed % rounds) * count).slice(0, count);
}

/** A life with every kind of step. It ends with a wait for an event, so that everybody can have their say before. */
function lifeOf(
  chance: Chance,
  { agent, turns, kinds }: { agent: string; turns: number; kinds: readonly StepKind[] },
): Life {
  const lived = Array.from({ length: turns }, (_, turn) => stepOf(chance, chance.of(kinds), { agent, turn }));
  return { agent, steps: [...lived, [{ tool: 'wait_for_event', args: { name: 'close' } }]] };
}

/** What a turn of a life may be; some more often than others. */
const steps = ['look', 'act', 'act', 'several', 'several', 'pay', 'pay', 'sleep', 'ask', 'delegate'] as const;
type StepKind = (typeof steps)[number];

function stepOf(
  chance: Chance,
  kind: StepKind,
  { agent, turn }: { agent: string; turn: number },
): Life['steps'][number] {
  const item = (index: number): string => `${agent}/${turn}.${index}${chance.happens(0.25) ? '?' : ''}`;
  const acting = (index: number) => ({
    tool: chance.of(['post', 'post', 'send', 'book']),
    args: { item: item(index), ...(chance.happens(0.3) ? { takesMs: chance.between(200, 1_500) } : {}) },
  });
  switch (kind) {
    case 'look':
      return [
        { tool: 'look', args: { what: 'one' } },
        { tool: 'look', args: { what: 'two' } },
      ];
    case 'act':
      return [acting(0)];
    case 'several':
      return [acting(0), acting(1), { tool: 'note', args: { text: `turn ${turn}` } }];
    case 'pay':
      return [{ tool: 'pay_invoice', args: { invoice: invoicePath(agent, turn) } }];
    case 'sleep':
      return [{ tool: 'sleep_until', args: { after: `${chance.between(1, 2)}s` } }];
    case 'delegate':
      return Array.from({ length: chance.between(1, 2) }, (_, index) =>
        delegation(agent, `${turn}.c${index}`),
      );
    case 'ask':
      return [{ tool: 'ask_human', args: { question: `What of ${agent}/${turn}?` } }];
  }
}

/** An agent below that does one thing that can be counted, and looks at others. */
export function delegation(agent: string, name: string): Life['steps'][number][number] {
  const look = [{ tool: 'look', args: { what: 'one' } }];
  const life: Life = {
    agent: name,
    steps: [look, [{ tool: 'post', args: { item: `${agent}/${name}` } }], look],
  };
  return { tool: 'delegate', args: { agent: 'helper', input: JSON.stringify(life) } };
}

/** The invoices of a plan are written before its agents start. */
function invoicePath(agent: string, turn: number): string {
  return `suite/${agent}-${turn}.xml`;
}
