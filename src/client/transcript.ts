import type { Transcript } from '../contracts/answers.ts';
import type { ContextEntry } from '../contracts/state.ts';
import { TranscriptPage, type WithinTurn } from '../contracts/status.ts';
import { transcriptPage } from '../core/run-views.ts';
import type { ReadRun } from '../history/read-run.ts';
import type { Access } from './access.ts';
import { readAgentRun } from './agent-history.ts';
import { GatewayError } from './gateway-error.ts';
import { fromWorkerOrHistory, MAX_PAGES, query, type Run } from './reading.ts';
import { headOf, runOf } from './run-chain.ts';
import type { RunMemory } from './run-memory.ts';

/** A chain this long would take minutes to walk. */
const MAX_RUNS = 2_000;

interface EarlierRun {
  readonly id: string;
  readonly runId: string;
}

/** Turns, inclusive on both ends. */
interface TurnRange {
  readonly from?: number;
  readonly to?: number;
}

/**
 * All that was said between two turns, across the pages of a run and the runs of an agent: from each run what it went through
 * itself. What it was given may have been condensed, and counts only where nobody has the run before any more.
 */
export async function readTranscript(
  access: Access,
  memory: RunMemory,
  id: string,
  range: TurnRange,
): Promise<Transcript> {
  const newest = await readNewest(access, id, range);
  const { earlier, isCut } = await runsBefore(access, memory, { id, run: newest }, range);
  const pages = [...earlier, newest];
  return {
    agent: newest.agent,
    firstTurn: Math.min(...pages.map(({ firstTurn }) => firstTurn)),
    lastTurn: newest.lastTurn,
    entries: pages.flatMap((page, index) => (isCut && index === 0 ? page.entries : ownEntries(page))),
  };
}

/** Those that went through some of the turns, the oldest first. `isCut`: what came before them is gone. */
async function runsBefore(
  access: Access,
  memory: RunMemory,
  { id, run }: { readonly id: string; readonly run: TranscriptPage },
  range: TurnRange,
): Promise<{ earlier: TranscriptPage[]; isCut: boolean }> {
  const { from = 0, to = Infinity } = range;
  const readEarlier = (of: EarlierRun): Promise<TranscriptPage> => readOver(access, memory, of, range);
  const earlier: TranscriptPage[] = [];
  let passedOver: EarlierRun | undefined;
  let begins = run.ownFrom?.from ?? 0;
  let runId = run.previousRunId;
  for (let walked = 0; runId !== undefined && from <= begins && walked < MAX_RUNS; walked += 1) {
    const head = await headOf(access, memory, id, runId).catch(unlessGone);
    // A fork begins with turns of the agent that was forked.
    const isLater = head?.previousRunId !== undefined && head.initial.turn > to;
    const page = head && !isLater ? await readEarlier({ id, runId }).catch(unlessGone) : undefined;
    if (!head || (!page && !isLater)) {
      const last = passedOver && (await readEarlier(passedOver).catch(unlessGone));
      return { earlier: last ? [last, ...earlier] : earlier, isCut: true };
    }
    if (page) earlier.unshift(page);
    passedOver = page ? undefined : { id, runId };
    begins = head.initial.turn;
    runId = head.previousRunId;
  }
  return { earlier, isCut: false };
}

/** What the run was not given when it began. */
function ownEntries({ entries, ownFrom }: TranscriptPage): ContextEntry[] {
  if (!ownFrom) return entries;
  const ofTurn = entries.filter(({ turn }) => turn === ownFrom.from);
  const given = new Set(ofTurn.slice(0, ownFrom.entry));
  return entries.filter((entry) => entry.turn >= ownFrom.from && !given.has(entry));
}

/** A run past the server's retention is not an error of the transcript: what remains is shown. */
function unlessGone(error: unknown): undefined {
  if (error instanceof GatewayError && error.type === 'NotFound') return undefined;
  throw error;
}

/** Another version may be the only one that can read a history. */
function unlessUnreadable(error: unknown): undefined {
  if (error instanceof GatewayError && error.type === 'NoWorker') return undefined;
  throw error;
}

/** The newest one. */
async function readNewest(access: Access, id: string, range: TurnRange): Promise<TranscriptPage> {
  const page = await askRun(access, { id }, range);
  // Workers of before do not say what the run was given.
  const isUnclear = page.previousRunId !== undefined && page.ownFrom === undefined;
  if (!isUnclear) return page;
  const read = await readAgentRun(access, id).catch(unlessUnreadable);
  return read ? pagesIn(read, range) : page;
}

/** One that is over: its history has all of it, and need be read only once. Another version may be the only one that can read it. */
async function readOver(
  access: Access,
  memory: RunMemory,
  { id, runId }: EarlierRun,
  range: TurnRange,
): Promise<TranscriptPage> {
  const read = await runOf(access, memory, id, runId).catch(unlessUnreadable);
  return read ? pagesIn(read.run, range) : askRun(access, { id, runId }, range);
}

function askRun(access: Access, run: Run, range: TurnRange): Promise<TranscriptPage> {
  return fromWorkerOrHistory(
    access,
    run,
    (asked) => allPages(range, (part) => query(access, asked, 'transcript', TranscriptPage, part)),
    (read) => pagesIn(read, range),
  );
}

function pagesIn({ record, previousRunId }: ReadRun, range: TurnRange): Promise<TranscriptPage> {
  return allPages(range, (part) => Promise.resolve(transcriptPage(record, part, previousRunId)));
}

async function allPages(
  range: TurnRange,
  ask: (range: TurnRange & Partial<WithinTurn>) => Promise<TranscriptPage>,
): Promise<TranscriptPage> {
  const first = await ask(range);
  const entries = [...first.entries];
  let next = afterPage(first);
  for (let pages = 1; next !== undefined && pages < MAX_PAGES; pages++) {
    const page = await ask({ ...range, ...next });
    entries.push(...page.entries);
    const following = afterPage(page);
    if (following && !isLater(following, next)) break;
    next = following;
  }
  return { ...first, entries };
}

interface Place {
  readonly from: number;
  readonly entry?: number;
}

/** What to ask for after a page. Workers of before know no entry, and name none. */
function afterPage({ goesOn, nextFrom: from }: TranscriptPage): Place | undefined {
  return goesOn ?? (from === undefined ? undefined : { from });
}

function isLater(one: Place, other: Place): boolean {
  return one.from > other.from || (one.from === other.from && (one.entry ?? 0) > (other.entry ?? 0));
}
