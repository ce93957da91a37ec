import { type BenchAdmin, startBenchAdmin } from '../admin.ts';
import { type Section, Targets } from '../section.ts';
import { median } from '../statistics.ts';
import { startVariant, type Variant } from '../workflows.ts';

const agent: Variant = { name: 'batched', agent: 'batched', call: 'peek' };

/** What a person who opens an agent sees first, and who asks why. */
const MAX_PAGE_MS = 2_000;
const MAX_EXPLAIN_MS = 1_000;
const PAGE_TURNS = 50;
const REPEATS = 5;

export const timeline: Section = {
  name: 'timeline',
  title: 'The timeline of an agent that lived long',
  about:
    'An agent that has ended after many turns over several runs, and the admin server as a process, asked over HTTP with a token: the 50 newest turns, which the ' +
    'page of an agent reads first, the first 50, why a call was made, and a search through all turns. `the first time` reads the histories that it needs; afterwards runs that are ' +
    'over are kept in memory.',
  measure: async (bench) => {
    const { longLife } = bench.sizes;
    const handle = await startVariant(bench, agent, longLife);
    await handle.result();
    bench.say(`an agent has lived ${longLife} turns`);
    const admin = await startBenchAdmin(bench.stack.address);
    const targets = new Targets();
    const path = `/agents/${handle.workflowId}`;
    const looks = [
      {
        name: 'newest turns',
        ask: `/timeline?from=${Math.max(0, longLife - PAGE_TURNS)}&limit=${PAGE_TURNS}`,
        most: MAX_PAGE_MS,
      },
      { name: 'why a call of turn 3', ask: '/calls/3.1', most: MAX_EXPLAIN_MS },
      { name: 'why a call of the middle', ask: `/calls/${Math.floor(longLife / 2)}.1`, most: MAX_EXPLAIN_MS },
      { name: 'first turns', ask: `/timeline?limit=${PAGE_TURNS}`, most: MAX_PAGE_MS },
      { name: 'a search, 200 turns', ask: '/timeline?limit=200&search=nowhere' },
    ];
    try {
      const rows: string[][] = [];
      for (const { name, ask, most } of looks) {
        const first = await timed(admin, path + ask);
        const again: number[] = [];
        for (let count = 0; count < REPEATS; count += 1) again.push(await timed(admin, path + ask));
        const verdict =
          most === undefined ? ['', ''] : targets.judge(`<= ${most}`, Math.max(first, median(again)) <= most);
        rows.push([name, first.toFixed(0), median(again).toFixed(0), ...verdict]);
      }
      const headings = [`${longLife} turns`, 'ms the first time', 'ms again', 'target', ''];
      return { tables: [{ headings, rows }], missed: targets.missed };
    } finally {
      await admin.stop();
    }
  },
};

async function timed(admin: BenchAdmin, path: string): Promise<number> {
  const began = performance.now();
  await admin.get(path);
  return performance.now() - began;
}
