import { isModelCall, runsOf, stepsOf } from '../histories.ts';
import { type Bench, type Section, Targets } from '../section.ts';
import { median, range, signed } from '../statistics.ts';
import { rotated, startVariant, type Variant } from '../workflows.ts';

const bare: Variant = { name: 'bare peek', call: 'peek' };
const step: Variant = { name: 'step', agent: 'step', call: 'peek' };
const batched: Variant = { name: 'batched', agent: 'batched', call: 'peek' };
const variants = [bare, step, batched];

/** A late turn may cost this much more than the tenth. */
const FLATNESS = 0.1;
/** The turns around each age, first and last included; one turn alone would be noise. */
const windows = [
  { name: '1-10', from: 1, to: 10 },
  { name: '10', from: 6, to: 35 },
  { name: '100', from: 85, to: 114 },
  { name: '500', from: 485, to: 514 },
  { name: '1,000', from: 970, to: 999 },
];
const reference = windows[1];

interface Turn {
  readonly ms: number;
  readonly modelMs: number;
}

export const age: Section = {
  name: 'age',
  title: 'What a turn costs as the agent gets older',
  about:
    'Times from the histories: from the scheduling of one model call to that of the next. Each turn reads one line, so that the ' +
    'conversation that is sent hardly grows; it is condensed at 300,000 characters, on both sides. Medians over the turns around each age ' +
    '(30 of them, but the first ten by themselves, with a cold start in them) and over the runs. The model call is that activity from scheduling to end.',
  measure: async (bench) => {
    const measured = await measureAll(bench);
    const targets = new Targets();
    const present = windows.filter(({ to }) => to < bench.sizes.oldAge);
    const rows = [...measured].flatMap(([name, runs]) => {
      const medians = (window: (typeof windows)[number], part: (turn: Turn) => number): number[] =>
        runs.map((turns) => median(turns.slice(window.from - 1, window.to).map(part)));
      const whole = (turn: Turn): number => turn.ms;
      const first = reference === undefined ? Number.NaN : median(medians(reference, whole));
      return present.map((window) => {
        const ms = medians(window, whole);
        const change = median(ms) / first - 1;
        const isLater = reference !== undefined && window.from > reference.to;
        const judged = isLater && name !== bare.name;
        return [
          ...[name, window.name, median(ms).toFixed(1), range(ms, 1)],
          median(medians(window, ({ modelMs }) => modelMs)).toFixed(1),
          median(medians(window, (turn) => turn.ms - turn.modelMs)).toFixed(1),
          ...(isLater ? [signed(change)] : ['']),
          ...(judged ? targets.judge(`<= +${FLATNESS * 100} %`, change <= FLATNESS) : ['', '']),
        ];
      });
    });
    const headings = [
      'workflow',
      'turn',
      'ms',
      'runs',
      'model call',
      'the rest',
      'beside turn 10',
      'target',
      '',
    ];
    return { tables: [{ headings, rows }], missed: targets.missed };
  },
};

async function measureAll(bench: Bench): Promise<Map<string, Turn[][]>> {
  const measured = new Map<string, Turn[][]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < bench.sizes.runs; round += 1) {
    for (const variant of rotated(variants, round)) {
      const handle = await startVariant(bench, variant, bench.sizes.oldAge);
      await handle.result();
      const runs = await runsOf(bench.client, handle.workflowId, handle.firstExecutionRunId);
      const calls = runs.flatMap(stepsOf).filter(isModelCall);
      const turns = calls.slice(1).map((next, index): Turn => {
        const call = calls[index] ?? next;
        return { ms: next.scheduledAt - call.scheduledAt, modelMs: call.endedAt - call.scheduledAt };
      });
      measured.get(variant.name)?.push(turns);
      bench.say(
        `round ${round + 1}: ${variant.name} ${median(turns.map(({ ms }) => ms)).toFixed(1)} ms a turn`,
      );
    }
  }
  return measured;
}
