import { approved, bareApproved, decide, untilAsked } from '../approvals.ts';
import { isModelCall, runsOf, stepsOf } from '../histories.ts';
import type { Bench, Section } from '../section.ts';
import { percentile, range } from '../statistics.ts';
import { rotated, startVariant } from '../workflows.ts';

const variants = [
  { name: 'agent, decided by update', variant: approved, kind: 'update' },
  { name: 'agent, decided by signal', variant: approved, kind: 'signal' },
  { name: 'bare workflow, signal', variant: bareApproved, kind: 'signal' },
] as const;

export const approval: Section = {
  name: 'approval',
  title: 'Going on after an approval',
  about:
    "From sending the decision (the client's clock, on the same machine) to the start of the tool's activity, as the history has it. The agent checks the " +
    'decision and the facts behind it, and records who decided; the plain workflow waits for a signal, then runs the tool.',
  measure: async (bench) => {
    const measured = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
    for (let round = 0; round < bench.sizes.runs; round += 1) {
      for (const variant of rotated(variants, round)) {
        const times = await measure(bench, variant);
        measured.get(variant.name)?.push(...times);
        bench.say(`round ${round + 1}: ${variant.name} ${percentile(times, 50).toFixed(1)} ms`);
      }
    }
    const rows = [...measured].map(([name, times]) => [
      name,
      String(times.length),
      ...[50, 95, 99].map((percent) => percentile(times, percent).toFixed(1)),
      range(times, 1),
    ]);
    const headings = ['workflow', 'decisions', 'p50 ms', 'p95 ms', 'p99 ms', 'min-max'];
    return { tables: [{ headings, rows }], missed: 0 };
  },
};

async function measure(bench: Bench, { variant, kind }: (typeof variants)[number]): Promise<number[]> {
  const { decisions } = bench.sizes;
  const handle = await startVariant(bench, variant, decisions);
  const sent: number[] = [];
  let asked = '';
  for (let turn = 0; turn < decisions; turn += 1) {
    asked = await untilAsked(handle, variant, asked);
    sent.push(Date.now());
    await decide(handle, asked, kind);
  }
  await handle.result();
  const runs = await runsOf(bench.client, handle.workflowId, handle.firstExecutionRunId);
  const tools = runs.flatMap(stepsOf).filter(({ type }) => type === 'runTool');
  if (tools.length !== decisions || runs.flatMap(stepsOf).filter(isModelCall).length !== decisions + 1)
    throw new Error(`${handle.workflowId} ran ${tools.length} tools after ${decisions} decisions`);
  return tools.map(({ startedAt }, index) => startedAt - (sent[index] ?? Number.NaN));
}
