import { onceTaken } from '../api/once-taken.ts';

/** Does one after the other, and once more what the server took no more of. */
export async function eachInTurn<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<string>,
  signal: AbortSignal,
  onDone: (item: Item, said: string) => void,
): Promise<void> {
  for (const item of items) {
    if (signal.aborted) return;
    try {
      onDone(item, await onceTaken(() => act(item), signal));
    } catch (error) {
      // It was about to be sent once more.
      if (error === signal.reason) return;
      onDone(item, error instanceof Error ? error.message : String(error));
    }
  }
}
