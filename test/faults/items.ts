import * as z from 'zod';

const Args = z.object({ item: z.string().optional(), invoice: z.string().optional() });

/** What a plan calls the effect of a call with these arguments; undefined for a call without one. */
export function itemOf(args: unknown): string | undefined {
  const parsed = Args.safeParse(args);
  return parsed.success ? (parsed.data.item ?? parsed.data.invoice) : undefined;
}
