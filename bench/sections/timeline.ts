import { type BenchAdmin, startBenchAdmin } from '../admin.ts';
import { signedIn, startBrowser, untilInteractive } from '../browser.ts';
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
    'over are kept in memory. `page in a browser` is Chromium, from opening the address of the agent until its last line can be clicked and is opened by it; ' +
    'it comes first, when the admin server has read nothing of the agent yet.',
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
      const page = await inBrowser(admin, handle.workflowId);
      if (page === undefined) bench.say('no Chromium is installed, so no page is measured');
      else {
        const worst = Math.max(page.first, median(page.again));
        const verdict = targets.judge(`<= ${MAX_PAGE_MS}`, worst <= MAX_PAGE_MS);
        rows.push(['page in a browser', page.first.toFixed(0), median(page.again).toFixed(0), ...verdict]);
      }
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

async function inBrowser(
  admin: BenchAdmin,
  agent: string,
): Promise<{ first: number; again: number[] } | undefined> {
  const browser = await startBrowser();
  if (browser === undefined) return undefined;
  try {
    const context = await signedIn(browser, admin);
    const first = await untilInteractive(context, admin, agent);
    const again: number[] = [];
    for (let count = 0; count < REPEATS; count += 1)
      again.push(await untilInteractive(context, admin, agent));
    return { first, again };
  } finally {
    await browser.close();
  }
}

async function timed(admin: BenchAdmin, path: string): Promise<number> {
  const began = performance.now();
  await admin.get(path);
  return performance.now() - began;
}
