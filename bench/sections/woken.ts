import type { WorkflowHandle } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { startBenchAdmin } from '../admin.ts';
import { inParallel } from '../parallel.ts';
import type { Section } from '../section.ts';
import { startVariant, type Variant } from '../workflows.ts';

const listening: Variant = { name: 'listening', agent: 'listening', call: 'listen' };
const pollMs = 20;
/** Nobody waits so long for a model call; something is wrong. */
const GIVE_UP_MS = 120_000;

export const woken: Section = {
  name: 'woken',
  title: 'Agents that are woken by an event each',
  about:
    'Each has made a model call and waits in `wait_for_event`. Then each gets one event over HTTP, 50 requests at a time: the event is an update, so that ' +
    'the request is answered when the agent has it. To be done means: the model is asked once more and the workflow completes. Each model is asked exactly twice.',
  measure: async (bench) => {
    const { waiting } = bench.sizes;
    const admin = await startBenchAdmin(bench.stack.address);
    try {
      const startBegan = performance.now();
      const handles = await inParallel(waiting, async () => {
        const handle = await startVariant(bench, listening, 1);
        await untilWaiting(handle);
        return handle;
      });
      const started = performance.now() - startBegan;
      bench.say(`${waiting} agents wait for an event`);
      const began = performance.now();
      const times = await inParallel(waiting, (index) => {
        const id = encodeURIComponent(handles[index]?.workflowId ?? '');
        return admin.post(`/agents/${id}/events`, { name: 'go', id: `go-${index}` });
      });
      const sent = performance.now() - began;
      const results = await inParallel(waiting, (index) => handles[index]?.result());
      const done = performance.now() - began;
      const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
      const headings = [
        'waiting',
        'started and waiting after, s',
        'events taken after, s',
        'all done after, s',
        'done',
        'asked again',
      ];
      const row = [String(waiting), seconds(started), seconds(sent), seconds(done), String(results.length)];
      row.push(String(times.reduce((sum, one) => sum + one - 1, 0)));
      return { tables: [{ headings, rows: [row] }], missed: 0 };
    } finally {
      await admin.stop();
    }
  },
};

async function untilWaiting(handle: WorkflowHandle): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (performance.now() < deadline) {
    const status = await handle.query<{ status: string }>('status');
    if (status.status === 'waiting') return;
    await pause(pollMs);
  }
  throw new Error(`${handle.workflowId} never waited for its event`);
}
