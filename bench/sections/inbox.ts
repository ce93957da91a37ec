import * as z from 'zod';
import { type BenchAdmin, startBenchAdmin } from '../admin.ts';
import { approved, untilAsked } from '../approvals.ts';
import { inParallel } from '../parallel.ts';
import { type Section, Targets } from '../section.ts';
import { median, percentile } from '../statistics.ts';
import { startVariant } from '../workflows.ts';

/** What a person sees first. */
const MAX_PAGE_MS = 2_000;
const PAGES = 10;

export const inbox: Section = {
  name: 'inbox',
  title: 'An inbox with many approvals',
  about:
    'Agents that each wait for an approval, and the admin server as a process, asked over HTTP with a token: the first page of `GET /approvals` ' +
    '(200 agents) for the first time and then again and again, all pages one after the other, and the first page of `GET /agents`. ' +
    '`all pages` is the time until the last approval is known: the agents of the first page have been asked before, each of the others is asked now. ' +
    'A row of it that is MISSED says that this took longer than the target: whoever opens such an inbox sees the first rows at once and can decide them, ' +
    'but for that long not yet all that waits.',
  measure: async (bench) => {
    const { waiting } = bench.sizes;
    const admin = await startBenchAdmin(bench.stack.address);
    const targets = new Targets();
    try {
      const handles = await inParallel(waiting, async () => {
        const handle = await startVariant(bench, approved, 1);
        await untilAsked(handle, approved, '');
        return handle;
      });
      bench.say(`${waiting} agents wait for an approval`);
      const first = await timed(() => admin.get('/approvals'));
      const pages: number[] = [];
      for (let count = 0; count < PAGES; count += 1) pages.push(await timed(() => admin.get('/approvals')));
      let found = 0;
      const all = await timed(async () => {
        found = await countAll(admin);
      });
      const agents = await timed(() => admin.get('/agents?limit=50'));
      await inParallel(waiting, (index) => handles[index]?.terminate('measured'));
      const ms = (value: number): string => value.toFixed(0);
      const rows = [
        [
          'first page, the first time',
          ms(first),
          ...targets.judge(`<= ${MAX_PAGE_MS}`, first <= MAX_PAGE_MS),
        ],
        ['first page, median', ms(median(pages)), '', ''],
        ['first page, p95', ms(percentile(pages, 95)), '', ''],
        [`all pages, ${found} approvals`, ms(all), ...targets.judge(`<= ${MAX_PAGE_MS}`, all <= MAX_PAGE_MS)],
        ['50 agents', ms(agents), '', ''],
      ];
      const headings = [`${waiting} agents wait`, 'ms', 'target', ''];
      return { tables: [{ headings, rows }], missed: targets.missed };
    } finally {
      await admin.stop();
    }
  },
};

const Page = z.object({ approvals: z.array(z.unknown()), nextCursor: z.string().optional() });

async function countAll(admin: BenchAdmin): Promise<number> {
  let found = 0;
  let cursor: string | undefined;
  do {
    const page = Page.parse(await admin.get(`/approvals${cursor === undefined ? '' : `?cursor=${cursor}`}`));
    found += page.approvals.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
