import * as z from 'zod';
import { defineTool } from '../../../src/tools/define-tool.ts';

/** A supplier that lets orders be found by the buyer's reference, but does not refuse a second one. */
export interface Supplier {
  order(part: string, count: number, reference: string): Promise<{ number: string }>;
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
      return supplier.order(part, count, key);
    },
  });
}
