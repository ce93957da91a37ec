import { bytesOf, runsOf, isModelCall, type HistoryEvent } from '../histories.ts';
import { type Bench, type Outcome, type Section, Targets } from '../section.ts';
import { mean, median, range, signed } from '../statistics.ts';
import { rotated, startVariant, type Variant } from '../workflows.ts';

const bareWrite: Variant = { name: 'bare write', call: 'write' };
const bareRead: Variant = { name: 'bare read', call: 'read' };
const write: Variant = { name: 'write', agent: 'write', call: 'write' };
const step: Variant = { name: 'step', agent: 'step', call: 'read' };
const batched: Variant = { name: 'batched', agent: 'batched', call: 'read' };
const variants = [bareWrite, write, bareRead, step, batched];

const comparisons = [
  { ours: write, bare: bareWrite, target: 1.15, says: 'an effect: facts, policy, lease, then the write' },
  { ours: step, bare: bareRead, target: 1.15, says: 'the same two activities' },
  { ours: batched, bare: bareRead, target: 0.7, says: 'a pure tool, batched' },
];

/** Long enough that code is compiled, connections are open and the server's caches are warm. */
const WARM_UP_TURNS = 40;
/** The last turns of an agent may differ from its first ones by this much in history bytes. */
const FLATNESS = 0.1;
const COMPARED_TURNS = 50;

interface Measured {
  readonly times: Map<string, number[]>;
  /** Of the last run of each agent. */
  readonly histories: Map<string, HistoryEvent[][]>;
}

export const turns: Section = {
  name: 'turns',
  title: 'What a turn costs',
  about:
    'From asking for the start of the workflow until its result is known, divided by the turns. The plain workflow makes the same ' +
    'model call and runs the same tool as two activities. One more model call ends each workflow.',
  measure: async (bench) => {
    const measured = await measureAll(bench);
    const targets = new Targets();
    const tables = [speed(measured, targets), sizes(measured, targets)];
    return { tables, missed: targets.missed };
  },
};

async function measureAll(bench: Bench): Promise<Measured> {
  for (const variant of variants) await measure(bench, variant, WARM_UP_TURNS);
  const times = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  const histories = new Map<string, HistoryEvent[][]>();
  for (let round = 0; round < bench.sizes.runs; round += 1) {
    for (const variant of rotated(variants, round)) {
      const { ms, runs } = await measure(bench, variant, bench.sizes.turns);
      bench.say(`round ${round + 1}: ${variant.name} ${ms.toFixed(1)} ms a turn`);
      times.get(variant.name)?.push(ms);
      if (variant.agent !== undefined) histories.set(variant.name, runs);
    }
  }
  return { times, histories };
}

/** The clock runs from asking for the start until the result is known, so nothing that a user waits for is left out. */
async function measure(bench: Bench, variant: Variant, howMany: number) {
  const began = performance.now();
  const handle = await startVariant(bench, variant, howMany);
  await handle.result();
  const ms = (performance.now() - began) / howMany;
  const runs = await runsOf(bench.client, handle.workflowId, handle.firstExecutionRunId);
  const modelCalls = turnsOf(runs).length;
  if (modelCalls !== howMany + 1)
    throw new Error(`${handle.workflowId} had ${modelCalls} model calls instead of ${howMany + 1}`);
  return { ms, runs };
}

function speed({ times }: Measured, targets: Targets): Outcome['tables'][number] {
  const rows = comparisons.map(({ ours, bare, target, says }) => {
    const [mine, theirs] = [times.get(ours.name) ?? [], times.get(bare.name) ?? []];
    const ratio = median(mine) / median(theirs);
    return [
      `${ours.name} (${says})`,
      ...[median(mine).toFixed(1), range(mine, 1), median(theirs).toFixed(1), range(theirs, 1)],
      ratio.toFixed(2),
      ...targets.judge(`<= ${target}`, ratio <= target),
    ];
  });
  return {
    headings: ['agent', 'ms/turn', 'min-max', 'bare ms/turn', 'min-max', 'ratio', 'target', ''],
    rows,
  };
}

function sizes({ histories }: Measured, targets: Targets): Outcome['tables'][number] {
  const rows = [...histories].map(([name, runs]) => {
    // The call after the last turn has no tool call behind it, so it is no whole turn.
    const whole = turnsOf(runs).slice(0, -1);
    const [first, last] = [mean(whole.slice(0, COMPARED_TURNS)), mean(whole.slice(-COMPARED_TURNS))];
    const change = last / first - 1;
    return [
      name,
      ...[first.toFixed(0), last.toFixed(0), signed(change)],
      String(runs.reduce((sum, events) => sum + bytesOf(events), 0)),
      ...[String(runs.reduce((sum, events) => sum + events.length, 0)), String(runs.length)],
      ...targets.judge(`within ${FLATNESS * 100} %`, Math.abs(change) <= FLATNESS),
    ];
  });
  const compared = `${COMPARED_TURNS} turns`;
  return {
    headings: [
      'agent',
      `history bytes a turn, first ${compared}`,
      `last ${compared}`,
      'change',
      'bytes in all',
      'events',
      'runs',
      'target',
      '',
    ],
    rows,
  };
}

/** Bytes of the events from each model call to the next. What a run begins with is not part of a turn. */
function turnsOf(runs: readonly HistoryEvent[][]): number[] {
  const sizesOfTurns: number[] = [];
  for (const events of runs) {
    let inTurn = false;
    for (const event of events) {
      const type = event.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
      if (isModelCall({ type })) {
        inTurn = true;
        sizesOfTurns.push(0);
      }
      if (inTurn) sizesOfTurns.push((sizesOfTurns.pop() ?? 0) + bytesOf([event]));
    }
  }
  return sizesOfTurns;
}
