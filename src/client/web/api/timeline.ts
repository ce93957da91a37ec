import { type QueryClient, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Timeline, type TimelineItem, TimelinePicture } from '../../../contracts/timeline.ts';
import { get, pathPart } from './ask.ts';
import { coalesced } from './coalesced.ts';

/** Turns that are read at once; those that have ended never change. */
const BLOCK_TURNS = 50;
/** As many as the server gives at once. */
const MAX_TURNS = 200;
/** A block of very large turns comes in several answers. */
const MAX_PAGES = 60;

function blockKey(agent: string, block: number) {
  return ['agents', agent, 'timeline', block] as const;
}

/** Which block of turns a turn is in. */
export function blockOf(turn: number): number {
  return Math.floor(turn / BLOCK_TURNS);
}

/** What was said and what changed, from a block of turns on until now. */
export function useTimeline(agent: string, firstBlock: number, lastTurn: number) {
  const lastBlock = blockOf(lastTurn);
  const blocks = Array.from(
    { length: Math.max(1, lastBlock - firstBlock + 1) },
    (_, index) => firstBlock + index,
  );
  return useQueries({
    queries: blocks.map((block) => ({
      queryKey: blockKey(agent, block),
      queryFn: ({ signal }: { signal: AbortSignal }) => readBlock(agent, block, signal),
      staleTime: block < lastBlock ? Infinity : 0,
    })),
    combine: (results) => ({
      items: results.flatMap(({ data }) => data ?? []),
      isReading: results.some(({ isPending }) => isPending),
      error: results.find(({ error }) => error !== null)?.error ?? undefined,
    }),
  });
}

/** All that has these words in it, in whichever turn; nothing is asked without any. */
export function useFound(agent: string, search: string) {
  return useQuery({
    queryKey: ['agents', agent, 'found', search],
    queryFn: ({ signal }) => readTurns(agent, { from: 0, limit: MAX_TURNS, search }, signal),
    enabled: search !== '',
  });
}

/** All that happened as a diagram. */
export function usePicture(agent: string, picture: TimelinePicture['picture']) {
  return useQuery({
    queryKey: ['agents', agent, 'picture', picture],
    queryFn: ({ signal }) =>
      get(`/agents/${pathPart(agent)}/picture?picture=${picture}`, TimelinePicture, signal),
  });
}

/**
 * Reads the newest turns again, and the one before, which may have ended since it was read. An agent may move on faster than
 * its turns are read: what is being read is drawn all the same, and read again after that.
 */
export function useRefreshTimeline(agent: string): (turn: number) => void {
  const client = useQueryClient();
  const [refresh] = useState(() => {
    let newest = 0;
    const read = coalesced(async () => {
      const blocks = new Set([blockOf(Math.max(0, newest - 1)), blockOf(newest)]);
      await Promise.all([...blocks].map((block) => readAnew(client, blockKey(agent, block))));
    });
    return (turn: number) => {
      newest = turn;
      read();
    };
  });
  return refresh;
}

/** What is being read already may be older than the news: it is waited for first. */
async function readAnew(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  const isOlder = client.isFetching({ queryKey }) > 0;
  await client.invalidateQueries({ queryKey }, { cancelRefetch: false });
  if (isOlder) await client.invalidateQueries({ queryKey });
}

function readBlock(agent: string, block: number, signal: AbortSignal): Promise<TimelineItem[]> {
  const from = block * BLOCK_TURNS;
  return readTurns(agent, { from, to: from + BLOCK_TURNS - 1, limit: BLOCK_TURNS }, signal);
}

async function readTurns(
  agent: string,
  asked: { from: number; to?: number; limit: number; search?: string },
  signal: AbortSignal,
): Promise<TimelineItem[]> {
  const items: TimelineItem[] = [];
  const { to = Infinity, ...rest } = asked;
  let next: { from: number; entry?: number } | undefined = { from: asked.from };
  for (let pages = 0; next !== undefined && next.from <= to && pages < MAX_PAGES; pages++) {
    const given = Object.entries({ ...rest, ...next, ...(to === Infinity ? {} : { to }) });
    const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    const page: Timeline = await get(
      `/agents/${pathPart(agent)}/timeline?${query.toString()}`,
      Timeline,
      signal,
    );
    items.push(...page.items);
    next = page.goesOn ?? (page.nextFrom === undefined ? undefined : { from: page.nextFrom });
  }
  return items;
}
