import * as z from 'zod';

/** What an agent has used, with everybody below it that has ended. */
export const UsageTotal = z.object({
  turns: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** US dollars. */
  usd: z.number(),
});
export type UsageTotal = z.infer<typeof UsageTotal>;
