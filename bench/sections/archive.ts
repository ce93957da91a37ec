import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeHistory } from '../../src/history/encoded.ts';
import { openArchive } from '../../src/storage/sqlite-archive.ts';
import { runsOf } from '../histories.ts';
import type { ModelCall } from '../model-calls.ts';
import { type Bench, type Section, type Table, Targets } from '../section.ts';
import { startVariant } from '../workflows.ts';

const MAX_MB = 1.5;

export const archive: Section = {
  name: 'archive',
  title: 'The archive',
  about:
    'What the histories of an agent take in the archive, whose replies carry 2 KB each: words in an order of their own, and letters of which nothing repeats itself. ' +
    'The agent condenses its conversation, which its history has whole. What archiving costs in turns a second is measured by `watched`.',
  measure: async (bench) => {
    const targets = new Targets();
    return { tables: [await sizes(bench, targets)], missed: targets.missed };
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
    const handle = await startVariant(bench, { name: call, agent: 'tell', call }, turns);
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

function mb(bytes: number): string {
  return (bytes / 1_000_000).toFixed(2);
}
