import type { Child } from '../contracts/child.ts';
import type { StatusDocument } from '../contracts/status.ts';
import type { Timeline, TimelineItem } from '../contracts/timeline.ts';
import { withGaps } from '../core/timeline/gaps.ts';
import { joinRuns } from '../core/timeline/join-runs.ts';
import { selected, type Selection } from '../core/timeline/select.ts';
import type { Access } from './access.ts';
import { GatewayError } from './gateway-error.ts';
import { readChain } from './run-chain.ts';
import type { KnownRun, RunMemory } from './run-memory.ts';
import { statusOfRun } from './run-status.ts';

/** Turns are inclusive on both ends. */
export interface TimelineRange extends Selection {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** All that happened in some turns of an agent, across its runs, from its histories. Fails `NotFound`. */
export async function readTimeline(
  access: Access,
  memory: RunMemory,
  id: string,
  range: TimelineRange,
): Promise<Timeline> {
  return (await readPast(access, memory, id, range)).timeline;
}

/** What happened, and how things stand, out of the same reading. */
export interface Past {
  readonly timeline: Timeline;
  readonly status: StatusDocument;
}

/** The same with where the agent stands after it. Fails `NotFound`. */
export async function readPast(
  access: Access,
  memory: RunMemory,
  id: string,
  { from = 0, to = Infinity, ...selection }: TimelineRange,
): Promise<Past> {
  const { runs, earliest } = await readChain(access, memory, id, {
    // The newest one says where the agent is now; in the one after a turn its last messages may have been read.
    isWanted: ({ turn }, next) => next === undefined || (turn <= to + 1 && next.turn >= from),
    isEnough: ({ turn }) => turn < from,
  });
  const last = runs.at(-1)?.run;
  if (!last) throw new GatewayError('NotFound', `Agent ${id} has no run that can be read.`);
  const newest = last.record.state;
  const items = withGaps(joinRuns(runs.map((known) => known.items)))
    .filter(({ turn }) => turn >= from && turn <= to)
    .map((item) => asIsNow(item, newest.children));
  const timeline = {
    agent: id,
    firstTurn: earliest.turn,
    lastTurn: newest.turn,
    items: selected(items, selection),
    runs: runs.filter(touches(from, to)).map(({ runId, run: { record } }) => ({
      runId,
      firstTurn: record.initial.turn,
      lastTurn: record.state.turn,
    })),
  };
  return { timeline, status: statusOfRun(last) };
}

function touches(from: number, to: number): (known: KnownRun) => boolean {
  return ({ run: { record } }) => record.initial.turn <= to && record.state.turn >= from;
}

/** An agent that was delegated to may have ended long after the turns that were read. */
function asIsNow(item: TimelineItem, children: readonly Child[]): TimelineItem {
  if (item.kind !== 'agent') return item;
  const now = children.find(({ id }) => id === item.child.id);
  if (!now) return item;
  const { status, usage } = now;
  return { ...item, child: { ...item.child, status, ...(usage === undefined ? {} : { usage }) } };
}
