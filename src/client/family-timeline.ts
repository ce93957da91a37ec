import type { Timeline, TimelineItem } from '../contracts/timeline.ts';
import { selected } from '../core/timeline/select.ts';
import type { Access } from './access.ts';
import { readTimeline, type TimelineRange } from './agent-timeline.ts';
import { GatewayError } from './gateway-error.ts';
import type { RunMemory } from './run-memory.ts';

/** Each has a history that is read whole; of a larger family the first of them are told. */
const MAX_AGENTS = 100;

/**
 * A timeline that goes into the agents below: what each of them did follows the item with which it was delegated to. Turns
 * are the agent's own; kinds and words are looked for everywhere. Fails `NotFound`.
 */
export async function readFamilyTimeline(
  access: Access,
  memory: RunMemory,
  id: string,
  { kinds, search, ...turns }: TimelineRange,
): Promise<Timeline> {
  let left = MAX_AGENTS;
  const withThoseBelow = async (items: readonly TimelineItem[], depth: number): Promise<TimelineItem[]> => {
    const told: TimelineItem[] = [];
    for (const item of items) {
      told.push(item);
      if (item.kind !== 'agent' || left === 0) continue;
      left -= 1;
      const agent = item.child.id;
      const below = await readTimeline(access, memory, agent, {}).catch(unlessThere);
      const marked = below?.items.map((one): TimelineItem => ({ ...one, below: { agent, depth } })) ?? [];
      told.push(...(await withThoseBelow(marked, depth + 1)));
    }
    return told;
  };
  const own = await readTimeline(access, memory, id, turns);
  return { ...own, items: selected(await withThoseBelow(own.items, 1), { kinds, search }) };
}

/** Not started yet, or gone with the server's retention: its item alone says what is known. */
function unlessThere(error: unknown): undefined {
  if (error instanceof GatewayError && (error.type === 'NotFound' || error.type === 'NoWorker'))
    return undefined;
  throw error;
}
