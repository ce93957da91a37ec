import * as z from 'zod';
import { defineTool, RateLimited } from '../../../src/tools/define-tool.ts';

/** A supplier that lets orders be found by the buyer's reference, but does not refuse a second one. */
export interface Supplier {
  /** Undefined when it takes no more orders this minute. */
  order(part: string, count: number, reference: string): Promise<{ number: string } | undefined>;
  find(reference: string, signal: AbortSignal): Promise<{ number: string } | undefined>;
}

export function orderPart(supplier: Supplier) {
  return defineTool({
    name: 'order_part',
    description: 'Orders a spare part.',
    effect: 'reconcilable',
    timeoutMs: 30_000,
    input: z.strictObject({ part: z.string().max(50), count: z.int().min(1).max(100) }),
    output: z.object({ number: z.string() }),
    run: async ({ part, count }, { key, confirmLease }) => {
      await confirmLease();
      const ordered = await supplier.order(part, count, key);
      if (ordered === undefined) throw new RateLimited(60_000);
      return ordered;
    },
    reconcile: async (key, _args, { signal }) => {
      const found = await supplier.find(key, signal);
      return found ? { type: 'done', result: found } : { type: 'not-done' };
    },
  });
}
