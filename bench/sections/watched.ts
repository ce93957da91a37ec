import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { measureAtOnce, saySpeed, type Speed, WARM_UP } from '../at-once.ts';
import { Sweep, SWEEP_WORKFLOW_TYPE } from '../../src/contracts/archive-sweep.ts';
import { AGENT_WORKFLOW_TYPE } from '../../src/contracts/message-definitions.ts';
import { type Bench, type Section, Targets } from '../section.ts';
import { median, range } from '../statistics.ts';
import { rotated, type Variant } from '../workflows.ts';

const POLL_MS = 50;
/** Of the turns a second without. */
const TARGET = 0.9;
/** A run is archived once, so that agents of some dozens of turns are asked about: a tenth of them, with five times the turns. */
const FEWER = 10;
const LONGER = 5;
interface Side {
  readonly says: string;
  readonly variant: Variant;
  readonly env: Readonly<Record<string, string>>;
  readonly archives: boolean;
}

interface Worker extends Side {
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

const variant = (name: string): Variant => ({ name, agent: 'step', call: 'read', taskQueue: name });

function sidesOf(collector: string): Side[] {
  const archiving = { PERDURE_ARCHIVE: 'on' };
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector };
  const counted = { PERDURE_METRICS_PORT: '0' };
  return [
    { says: 'none of it', variant: variant('unwatched'), env: {}, archives: false },
    { says: 'traced', variant: variant('traced'), env: traced, archives: false },
    { says: 'counted', variant: variant('counted'), env: counted, archives: false },
    { says: 'archived', variant: variant('archived'), env: archiving, archives: true },
    {
      says: 'traced and archived',
      variant: variant('both'),
      env: { ...archiving, ...traced },
      archives: true,
    },
  ];
}

export const watched: Section = {
  name: 'watched',
  title: 'With traces, numbers and the archive',
  about:
    'Agents that start at once, each side on a worker and a task queue of its own. Every trace is kept and sent to a collector on the same machine that ' +
    'throws it away. Where runs are archived, the time of a sweep that stores them all is added, which otherwise comes within a minute.',
  measure: async (bench) => {
    const collector = await startCollector();
    const sides = sidesOf(collector.url);
    const workers: Worker[] = [];
    try {
      for (const side of sides) {
        const child = await bench.stack.startAnother({ ...side.env, PERDURE_TASK_QUEUE: side.variant.name });
        workers.push({ ...side, ...child });
      }
      return await measureAll(bench, workers);
    } finally {
      for (const worker of workers) await worker.stop();
      collector.close();
    }
  },
};

async function measureAll(bench: Bench, sides: readonly Worker[]) {
  const { runs } = bench.sizes;
  const agents = Math.max(1, Math.round(bench.sizes.agents / FEWER));
  const agentTurns = bench.sizes.agentTurns * LONGER;
  const measured = new Map<Worker, Speed[]>(sides.map((side) => [side, []]));
  for (const side of sides) await measure(bench, side, WARM_UP);
  for (let round = 0; round < runs; round += 1) {
    for (const side of rotated(sides, round)) {
      const found = await measure(bench, side, { agents, turns: agentTurns });
      measured.get(side)?.push(found);
      saySpeed(bench, round, side.says, found);
    }
  }
  const targets = new Targets();
  const [without = []] = [...measured.values()].map(speeds);
  const rows = [...measured].map(([{ says }, found], index) => {
    const ratio = median(speeds(found)) / median(without);
    const cpuMs = found.map((one) => one.cpuMs);
    const verdict = index === 0 ? ['', ''] : targets.judge(`>= ${TARGET}`, ratio >= TARGET);
    return [
      `${agents} x ${agentTurns} turns, ${says}`,
      ...[median(speeds(found)).toFixed(0), range(speeds(found), 0), ratio.toFixed(2)],
      ...verdict,
      ...[median(cpuMs).toFixed(1), range(cpuMs, 1)],
    ];
  });
  const headings = ['agents', 'turns/s', 'min-max', 'ratio', 'target', '', 'worker CPU, ms/turn', 'min-max'];
  return { tables: [{ headings, rows }], missed: targets.missed };
}

function speeds(found: readonly Speed[]): number[] {
  return found.map(({ perSecond }) => perSecond);
}

function measure(bench: Bench, side: Worker, load: typeof WARM_UP): Promise<Speed> {
  const afterwards = side.archives ? () => sweep(bench, side.variant) : undefined;
  return measureAtOnce(bench, side.variant, load, [side.pid], afterwards);
}

/**
 * What the schedule would ask for within a minute, and how long it took in milliseconds. Until the server's index knows that all
 * have ended nobody works, so that this is not counted.
 */
async function sweep({ client }: Bench, { taskQueue = '' }: Variant): Promise<number> {
  const running = `WorkflowType = '${AGENT_WORKFLOW_TYPE}' AND TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  while ((await client.workflow.count(running)).count > 0) await pause(POLL_MS);
  const began = performance.now();
  const workflowId = `sweep-${taskQueue}-${randomUUID()}`;
  Sweep.parse(await client.workflow.execute(SWEEP_WORKFLOW_TYPE, { taskQueue, workflowId }));
  return performance.now() - began;
}

async function startCollector(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // Only a server on a pipe has a text here.
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
