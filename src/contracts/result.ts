import * as z from 'zod';
import { Json } from './json.ts';
import { UsageTotal } from './usage.ts';

/** What the workflow returns when the agent has ended by itself or was stopped. A failed agent fails the workflow. */
export const AgentResult = z.object({
  status: z.enum(['completed', 'cancelled']),
  result: Json.optional(),
  reason: z.string().optional(),
  turns: z.int(),
  usage: UsageTotal,
});
export type AgentResult = z.infer<typeof AgentResult>;
