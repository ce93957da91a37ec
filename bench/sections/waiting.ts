import { readFileSync } from 'node:fs';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { approved, bareApproved, bySignal, byUpdate, untilAsked } from '../approvals.ts';
import { inParallel } from '../parallel.ts';
import type { Bench, Section } from '../section.ts';
import type { WorkerName } from '../stack.ts';
import { startVariant, type Variant } from '../workflows.ts';

export const waiting: Section = {
  name: 'waiting',
  title: 'Many agents that wait',
  about:
    'Each has made a model call and waits for a decision. Memory is the resident set of the worker process, as the kernel counts it, before and after; a ' +
    'fresh process has not yet used anything. To wake means: the decision is sent, the tool runs, the model is asked once more, and the workflow completes. ' +
    '`--waiting` asks for another number.',
  measure: async (bench) => {
    const rows = [await measure(bench, approved, 'agents'), await measure(bench, bareApproved, 'bare')];
    const headings = [
      ...['workflow', 'waiting', 'started and waiting after, s', 'memory before, MB', 'memory after, MB'],
      ...['KB each', 'woken', 'all of them done after, s'],
    ];
    return { tables: [{ headings, rows }], missed: 0 };
  },
};

async function measure(bench: Bench, variant: Variant, worker: WorkerName): Promise<string[]> {
  const { waiting: howMany, woken } = bench.sizes;
  await bench.stack.killAndRestart(worker);
  // One to the end first, so that what every worker has in memory is not counted as the agents'.
  await wake(await startWaiting(bench, variant), variant);
  const before = residentMb(bench.stack.pid(worker));
  const began = performance.now();
  const handles = await inParallel(howMany, () => startWaiting(bench, variant));
  const startedAfter = performance.now() - began;
  const after = residentMb(bench.stack.pid(worker));
  bench.say(`${variant.name}: ${howMany} wait, ${after} MB`);
  const wakeBegan = performance.now();
  await inParallel(woken, (index) => wake(handles[index], variant));
  const wokenAfter = performance.now() - wakeBegan;
  await inParallel(howMany - woken, (index) => handles[woken + index]?.handle.terminate('measured'));
  return [
    ...[variant.name, String(howMany), (startedAfter / 1_000).toFixed(1), String(before), String(after)],
    (((after - before) * 1_024) / howMany).toFixed(0),
    ...[String(woken), (wokenAfter / 1_000).toFixed(1)],
  ];
}

interface Waiting {
  readonly handle: WorkflowHandleWithFirstExecutionRunId;
  readonly asked: string;
}

async function startWaiting(bench: Bench, variant: Variant): Promise<Waiting> {
  const handle = await startVariant(bench, variant, 1);
  return { handle, asked: await untilAsked(handle, variant, '') };
}

async function wake(one: Waiting | undefined, variant: Variant): Promise<void> {
  if (one === undefined) return;
  await (variant.agent === undefined ? bySignal : byUpdate)(one.handle, one.asked);
  await one.handle.result();
}

/** From Linux's /proc; elsewhere it is not known. */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
}
