import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Section, Targets } from '../section.ts';
import { median, range } from '../statistics.ts';
import { rotated, startVariant, type Variant } from '../workflows.ts';

const POLL_MS = 50;
/** Of the turns a second without. */
const TARGET = 0.9;
/** A run is archived once, so that agents of some dozens of turns are asked about: a tenth of them, with five times the turns. */
const FEWER = 10;
const LONGER = 5;
/** Enough that code is compiled and connections are open. */
const WARM_UP = { agents: 20, turns: 5 };

interface Side {
  readonly says: string;
  readonly variant: Variant;
  readonly env: Readonly<Record<string, string>>;
}

const variant = (name: string): Variant => ({ name, agent: 'step', call: 'read', taskQueue: name });

function sidesOf(collector: string): Side[] {
  const traced = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    PERDURE_METRICS_PORT: '0',
  };
  return [
    { says: 'neither', variant: variant('unwatched'), env: { PERDURE_ARCHIVE: 'off' } },
    {
      says: 'traced and counted',
      variant: variant('traced'),
      env: { PERDURE_ARCHIVE: 'off', ...traced },
    },
    { says: 'archived', variant: variant('archived'), env: {} },
    { says: 'traced, counted and archived', variant: variant('watched'), env: traced },
  ];
}

export const watched: Section = {
  name: 'watched',
  title: 'With traces, numbers and the archive',
  about:
    'Agents that start at once, each side on a worker and a task queue of its own. Every trace is kept and sent to a collector on the same machine that ' +
    'throws it away. The clock stops when the last agent has ended and nothing of its task queue runs any more, so that what is archived is archived.',
  measure: async (bench) => {
    const collector = await startCollector();
    const sides = sidesOf(collector.url);
    const stops: (() => Promise<void>)[] = [];
    try {
      for (const {
        variant: { name },
        env,
      } of sides)
        stops.push(await bench.stack.startAnother({ ...env, PERDURE_TASK_QUEUE: name }));
      return await measureAll(bench, sides);
    } finally {
      for (const stop of stops) await stop();
      collector.close();
    }
  },
};

async function measureAll(bench: Bench, sides: readonly Side[]) {
  const { runs } = bench.sizes;
  const agents = Math.max(1, Math.round(bench.sizes.agents / FEWER));
  const agentTurns = bench.sizes.agentTurns * LONGER;
  const measured = new Map<Side, number[]>(sides.map((side) => [side, []]));
  for (const side of sides) await measure(bench, side, WARM_UP.agents, WARM_UP.turns);
  for (let round = 0; round < runs; round += 1) {
    for (const side of rotated(sides, round)) {
      const perSecond = await measure(bench, side, agents, agentTurns);
      measured.get(side)?.push(perSecond);
      bench.say(`round ${round + 1}: ${side.says} ${perSecond.toFixed(0)} turns/s`);
    }
  }
  const targets = new Targets();
  const [without = []] = measured.values();
  const rows = [...measured].map(([{ says }, perSecond], index) => {
    const ratio = median(perSecond) / median(without);
    const verdict = index === 0 ? ['', ''] : targets.judge(`>= ${TARGET}`, ratio >= TARGET);
    return [
      `${agents} x ${agentTurns} turns, ${says}`,
      ...[median(perSecond).toFixed(0), range(perSecond, 0), ratio.toFixed(2)],
      ...verdict,
    ];
  });
  const headings = ['agents', 'turns/s', 'min-max', 'ratio', 'target', ''];
  return { tables: [{ headings, rows }], missed: targets.missed };
}

async function measure(bench: Bench, { variant: of }: Side, agents: number, turns: number): Promise<number> {
  const began = performance.now();
  const handles = await Promise.all(Array.from({ length: agents }, () => startVariant(bench, of, turns)));
  await Promise.all(handles.map((handle) => handle.result()));
  const query = `TaskQueue = '${of.taskQueue ?? ''}' AND ExecutionStatus = 'Running'`;
  while ((await bench.client.workflow.count(query)).count > 0) await pause(POLL_MS);
  return (agents * turns * 1_000) / (performance.now() - began);
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
