import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeHistory } from '../../src/history/encoded.ts';
import { openArchive } from '../../src/storage/sqlite-archive.ts';
import { runsOf } from '../histories.ts';
import type { ModelCall } from '../model-calls.ts';
import { type Bench, type Section, type Table, Targets } from '../section.ts';
import { median, range } from '../statistics.ts';
import { rotated, startVariant, type Variant } from '../workflows.ts';

const withoutQueue = 'unarchived';
const archived: Variant = { name: 'archived', agent: 'batched', call: 'read' };
const plain: Variant = { ...archived, name: 'not archived', taskQueue: withoutQueue };

const MAX_MB = 1.5;
/** For a life of a few turns the run's own share counts most; what lasts longer has more turns to share it among. */
const LONGER = 5;
const MAX_COST = 0.1;
/** Enough that code is compiled and connections are open. */
const WARM_UP = { agents: 20, turns: 5 };

export const archive: Section = {
  name: 'archive',
  title: 'The archive',
  about:
    'What the histories of an agent take in the archive, whose replies carry 2 KB each: words in an order of their own, and letters of which nothing repeats itself. ' +
    'Then agents of a worker that archives beside the same of one that does not; the clock runs until the last run is archived.',
  measure: async (bench) => {
    const targets = new Targets();
    const size = await sizes(bench, targets);
    return { tables: [size, await costs(bench, targets)], missed: targets.missed };
  },
};

async function sizes(bench: Bench, targets: Targets): Promise<Table> {
  const turns = bench.sizes.archived;
  const rows: string[][] = [];
  for (const [says, call] of [['words', 'tell'] as const, ['letters', 'noise'] as const]) {
    const { runs, history, stored } = await archivedSize(bench, call, turns);
    const each = (stored / turns) * 1_000;
    rows.push([
      ...[says, String(turns), String(runs), mb(history), mb(stored), mb(each)],
      ...(says === 'words' ? targets.judge(`< ${MAX_MB} MB`, each < MAX_MB * 1_000_000) : ['', '']),
    ]);
  }
  const headings = [
    'replies',
    'turns',
    'runs',
    'history, MB',
    'archive, MB',
    'of 1,000 turns, MB',
    'target',
    '',
  ];
  return { headings, rows };
}

async function archivedSize(bench: Bench, call: ModelCall, turns: number) {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-bench-archive-'));
  const store = openArchive(join(folder, 'archive.sqlite'), (message) => new Error(message));
  try {
    const handle = await startVariant(bench, { name: call, agent: 'write', call }, turns);
    await handle.result();
    const { workflowId } = handle;
    const runs = await runsOf(bench.client, workflowId, handle.firstExecutionRunId);
    const at = new Date(0).toISOString();
    for (const [index, events] of runs.entries())
      await store.keep(
        {
          ...{ namespace: 'default', agent: workflowId, runId: `run-${index}`, firstRunId: 'run-0' },
          ...{ status: 'completed', startedAt: at, closedAt: at, events: events.length },
        },
        encodeHistory(events),
      );
    const kept = await store.list({ namespace: 'default', limit: runs.length });
    return {
      runs: runs.length,
      history: kept.reduce((sum, { bytes }) => sum + bytes, 0),
      stored: kept.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

async function costs(bench: Bench, targets: Targets): Promise<Table> {
  const { agents, agentTurns, runs } = bench.sizes;
  const lives = [
    { agents, turns: agentTurns },
    { agents: Math.ceil(agents / LONGER), turns: agentTurns * LONGER },
  ];
  const worker = await bench.stack.startAnother({ PERDURE_TASK_QUEUE: withoutQueue, PERDURE_ARCHIVE: 'off' });
  try {
    const rows: string[][] = [];
    for (const variant of [archived, plain]) await turnsPerSecond(bench, variant, WARM_UP);
    for (const life of lives) {
      const measured = new Map<string, number[]>([archived, plain].map(({ name }) => [name, []]));
      for (let round = 0; round < runs; round += 1)
        for (const variant of rotated([archived, plain], round)) {
          const perSecond = await turnsPerSecond(bench, variant, life);
          measured.get(variant.name)?.push(perSecond);
          bench.say(
            `round ${round + 1}: ${life.turns} turns, ${variant.name} ${perSecond.toFixed(0)} turns/s`,
          );
        }
      const [ours, theirs] = [archived, plain].map(({ name }) => measured.get(name) ?? []);
      const cost = 1 - median(ours ?? []) / median(theirs ?? []);
      rows.push([
        `${life.agents} x ${life.turns} turns`,
        ...[ours ?? [], theirs ?? []].flatMap((some) => [median(some).toFixed(0), range(some, 0)]),
        `${(cost * 100).toFixed(0)} %`,
        ...targets.judge(`< ${MAX_COST * 100} %`, cost < MAX_COST),
      ]);
    }
    const headings = [
      'agents',
      'archived, turns/s',
      'min-max',
      'not archived, turns/s',
      'min-max',
      'cost',
      'target',
      '',
    ];
    return { headings, rows };
  } finally {
    await worker.stop();
  }
}

async function turnsPerSecond(
  bench: Bench,
  variant: Variant,
  { agents, turns }: { agents: number; turns: number },
): Promise<number> {
  const began = performance.now();
  const handles = await Promise.all(
    Array.from({ length: agents }, () => startVariant(bench, variant, turns)),
  );
  await Promise.all(
    handles.map(async (handle) => {
      await handle.result();
      const archiving = `archive.${handle.workflowId}.${handle.firstExecutionRunId}`;
      if (variant === archived) await bench.client.workflow.getHandle(archiving).result();
    }),
  );
  return (agents * turns * 1_000) / (performance.now() - began);
}

function mb(bytes: number): string {
  return (bytes / 1_000_000).toFixed(2);
}
