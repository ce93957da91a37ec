import { setImmediate as othersTurn } from 'node:timers/promises';

/** Far less than a heartbeat may be late, and enough that nothing takes noticeably longer. */
const MAX_WORK_MS = 50;

/** Does something with each of many, and lets whatever else this thread has to do, such as heartbeats, come in between. */
export async function inTurns<Item>(
  items: Iterable<Item>,
  take: (item: Item, index: number) => Promise<void> | void,
): Promise<void> {
  let begun = performance.now();
  let index = 0;
  for (const item of items) {
    await take(item, index);
    index += 1;
    if (performance.now() - begun < MAX_WORK_MS) continue;
    await othersTurn();
    begun = performance.now();
  }
}
