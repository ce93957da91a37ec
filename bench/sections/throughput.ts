import { type Bench, type Section, Targets } from '../section.ts';
import { median, range } from '../statistics.ts';
import { rotated, startVariant, type Variant } from '../workflows.ts';

const bare: Variant = { name: 'bare read', call: 'read' };
const step: Variant = { name: 'step', agent: 'step', call: 'read' };
const batched: Variant = { name: 'batched', agent: 'batched', call: 'read' };
const variants = [bare, step, batched];

const comparisons = [
  { ours: step, target: 0.9, says: 'plain tools' },
  { ours: batched, target: 1.3, says: 'pure tools, batched' },
];

/** Enough that code is compiled and connections are open. */
const WARM_UP = { agents: 20, turns: 5 };

export const throughput: Section = {
  name: 'throughput',
  title: 'Many agents at once',
  about:
    'All workflows are started at once; the clock runs from asking for the first start until the last result is known. One worker ' +
    'process on each side. Nothing is archived meanwhile, because a sweep would take its time from both sides; what it costs: `--only watched`.',
  measure: async (bench) => {
    const { agents, agentTurns, runs } = bench.sizes;
    const measured = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
    for (const variant of variants) await measure(bench, variant, WARM_UP.agents, WARM_UP.turns);
    for (let round = 0; round < runs; round += 1) {
      for (const variant of rotated(variants, round)) {
        const perSecond = await measure(bench, variant, agents, agentTurns);
        measured.get(variant.name)?.push(perSecond);
        bench.say(`round ${round + 1}: ${variant.name} ${perSecond.toFixed(0)} turns/s`);
      }
    }
    const targets = new Targets();
    const theirs = measured.get(bare.name) ?? [];
    const rows = comparisons.map(({ ours, target, says }) => {
      const mine = measured.get(ours.name) ?? [];
      const ratio = median(mine) / median(theirs);
      return [
        `${agents} x ${agentTurns} turns, ${ours.name} (${says})`,
        ...[median(mine).toFixed(0), range(mine, 0), median(theirs).toFixed(0), range(theirs, 0)],
        ratio.toFixed(2),
        ...targets.judge(`>= ${target}`, ratio >= target),
      ];
    });
    const headings = ['agents', 'turns/s', 'min-max', 'bare turns/s', 'min-max', 'ratio', 'target', ''];
    return { tables: [{ headings, rows }], missed: targets.missed };
  },
};

async function measure(bench: Bench, variant: Variant, agents: number, turns: number): Promise<number> {
  const began = performance.now();
  const handles = await Promise.all(
    Array.from({ length: agents }, () => startVariant(bench, variant, turns)),
  );
  await Promise.all(handles.map((handle) => handle.result()));
  return (agents * turns * 1_000) / (performance.now() - began);
}
