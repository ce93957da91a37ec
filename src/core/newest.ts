import { jsonBytes } from '../contracts/json.ts';

/** As many of the last items as take no more bytes than that as JSON. */
export function newest<Item>(items: readonly Item[], bytes: number): Item[] {
  let size = 0;
  const dropped = items.findLastIndex((item) => {
    size += jsonBytes(item);
    return size > bytes;
  });
  return items.slice(dropped + 1);
}
