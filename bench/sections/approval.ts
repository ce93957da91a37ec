import { startBenchAdmin } from '../admin.ts';
import {
  approved,
  bareApproved,
  bySignal,
  byUpdate,
  type Decide,
  overHttp,
  untilAsked,
} from '../approvals.ts';
import { isModelCall, runsOf, stepsOf } from '../histories.ts';
import { type Bench, type Section, Targets } from '../section.ts';
import { percentile, range } from '../statistics.ts';
import { rotated, startVariant, type Variant } from '../workflows.ts';

/** Of what people feel: through the admin server. */
const MAX_P50_MS = 60;
const MAX_P95_MS = 250;

interface Way {
  readonly name: string;
  readonly variant: Variant;
  readonly decide: Decide;
  readonly hasTargets?: boolean;
}

export const approval: Section = {
  name: 'approval',
  title: 'Going on after an approval',
  about:
    "From sending the decision (the client's clock, on the same machine) to the start of the tool's activity, as the history has it. The agent checks the " +
    'decision and the facts behind it, and records who decided; the plain workflow waits for a signal, then runs the tool. Over HTTP the decision goes through the ' +
    'admin server, a process of its own, which knows the person by a token and seals what it sends.',
  measure: async (bench) => {
    const admin = await startBenchAdmin(bench.stack.address);
    try {
      return await measureAll(bench, [
        { name: 'agent, decided over HTTP', variant: approved, decide: overHttp(admin), hasTargets: true },
        { name: 'agent, decided by update', variant: approved, decide: byUpdate },
        { name: 'agent, decided by signal', variant: approved, decide: bySignal },
        { name: 'bare workflow, signal', variant: bareApproved, decide: bySignal },
      ]);
    } finally {
      await admin.stop();
    }
  },
};

async function measureAll(bench: Bench, ways: readonly Way[]) {
  const measured = new Map<Way, number[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < bench.sizes.runs; round += 1) {
    for (const way of rotated(ways, round)) {
      const times = await measure(bench, way);
      measured.get(way)?.push(...times);
      bench.say(`round ${round + 1}: ${way.name} ${percentile(times, 50).toFixed(1)} ms`);
    }
  }
  const targets = new Targets();
  const rows = [...measured].map(([{ name, hasTargets }, times]) => {
    const [p50 = Number.NaN, p95 = Number.NaN, p99 = Number.NaN] = [50, 95, 99].map((percent) =>
      percentile(times, percent),
    );
    const verdict =
      hasTargets === true
        ? targets.judge(`p50 < ${MAX_P50_MS}, p95 < ${MAX_P95_MS}`, p50 < MAX_P50_MS && p95 < MAX_P95_MS)
        : ['', ''];
    const found = [p50, p95, p99].map((ms) => ms.toFixed(1));
    return [name, String(times.length), ...found, range(times, 1), ...verdict];
  });
  const headings = ['workflow', 'decisions', 'p50 ms', 'p95 ms', 'p99 ms', 'min-max', 'target', ''];
  return { tables: [{ headings, rows }], missed: targets.missed };
}

async function measure(bench: Bench, { variant, decide }: Way): Promise<number[]> {
  const { decisions } = bench.sizes;
  const handle = await startVariant(bench, variant, decisions);
  const sent: number[] = [];
  let asked = '';
  for (let turn = 0; turn < decisions; turn += 1) {
    asked = await untilAsked(handle, variant, asked);
    sent.push(Date.now());
    await decide(handle, asked);
  }
  await handle.result();
  const runs = await runsOf(bench.client, handle.workflowId, handle.firstExecutionRunId);
  const tools = runs.flatMap(stepsOf).filter(({ type }) => type === 'runTool');
  if (tools.length !== decisions || runs.flatMap(stepsOf).filter(isModelCall).length !== decisions + 1)
    throw new Error(`${handle.workflowId} ran ${tools.length} tools after ${decisions} decisions`);
  return tools.map(({ startedAt }, index) => startedAt - (sent[index] ?? Number.NaN));
}
