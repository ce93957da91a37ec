import { measureAtOnce, saySpeed, type Speed, WARM_UP } from '../at-once.ts';
import { type Bench, type Section, Targets } from '../section.ts';
import { mean, median, range } from '../statistics.ts';
import { rotated, type Variant } from '../workflows.ts';

const bare: Variant = { name: 'bare read', call: 'read' };
const step: Variant = { name: 'step', agent: 'step', call: 'read' };
const batched: Variant = { name: 'batched', agent: 'batched', call: 'read' };
const variants = [bare, step, batched];

const comparisons = [
  { ours: step, target: 0.9, says: 'plain tools' },
  { ours: batched, target: 1.3, says: 'pure tools, batched' },
];

export const throughput: Section = {
  name: 'throughput',
  title: 'Many agents at once',
  about:
    'All workflows are started at once; the clock runs from asking for the first start until the last result is known. One worker ' +
    'process on each side. A run measures each of them twice, the second time in the opposite order, and counts both together: a machine that gets ' +
    'slower or faster meanwhile does so for all. Nothing is archived meanwhile, because a sweep would take its time from both sides; what it costs: `--only watched`. ' +
    'Two cores are all that there is, so turns a second follow what worker and server compute for a turn, which varies less.',
  measure: async (bench) => {
    const { agents, agentTurns, runs } = bench.sizes;
    const measured = new Map<string, Speed[]>(variants.map(({ name }) => [name, []]));
    for (const variant of variants) await measure(bench, variant, WARM_UP);
    for (let round = 0; round < runs; round += 1) {
      const first = rotated(variants, round);
      const halves: [string, Speed][] = [];
      for (const variant of [...first, ...first.toReversed()])
        halves.push([variant.name, await measure(bench, variant, { agents, turns: agentTurns })]);
      for (const { name } of first) {
        const found = together(halves.flatMap(([of, half]) => (of === name ? [half] : [])));
        measured.get(name)?.push(found);
        saySpeed(bench, round, name, found);
      }
    }
    const targets = new Targets();
    const theirs = columns(measured.get(bare.name));
    const rows = comparisons.map(({ ours, target, says }) => {
      const mine = columns(measured.get(ours.name));
      const ratio = median(mine.perSecond) / median(theirs.perSecond);
      return [
        `${agents} x ${agentTurns} turns, ${ours.name} (${says})`,
        ...[mine, theirs].flatMap(({ perSecond }) => [median(perSecond).toFixed(0), range(perSecond, 0)]),
        ratio.toFixed(2),
        ...targets.judge(`>= ${target}`, ratio >= target),
        ...[mine, theirs].map(({ cpuMs }) => median(cpuMs).toFixed(1)),
      ];
    });
    const headings = [
      ...['agents', 'turns/s', 'min-max', 'bare turns/s', 'min-max', 'ratio', 'target', ''],
      ...['CPU, ms/turn', 'bare CPU, ms/turn'],
    ];
    return { tables: [{ headings, rows }], missed: targets.missed };
  },
};

/** As if they had been one: each had as many turns. */
function together(halves: readonly Speed[]): Speed {
  return {
    perSecond: 1 / mean(halves.map(({ perSecond }) => 1 / perSecond)),
    cpuMs: mean(halves.map(({ cpuMs }) => cpuMs)),
  };
}

function columns(found: readonly Speed[] = []) {
  return { perSecond: found.map(({ perSecond }) => perSecond), cpuMs: found.map(({ cpuMs }) => cpuMs) };
}

function measure(bench: Bench, variant: Variant, load: typeof WARM_UP): Promise<Speed> {
  const worker = variant.agent === undefined ? 'bare' : 'agents';
  return measureAtOnce(bench, variant, load, [bench.stack.serverPid, bench.stack.pid(worker)]);
}
