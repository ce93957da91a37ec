import * as z from 'zod';

/** What a call waits for. */
export const Wait = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('approval'), approval: z.string() }),
  z.object({ kind: z.literal('timer'), until: z.number() }),
  /** With a filter (CEL over `name` and `payload`) only for one of which that holds. */
  z.object({
    kind: z.literal('event'),
    name: z.string(),
    filter: z.string().optional(),
    until: z.number(),
  }),
  /** For a tool that can't work now. Then the call goes on with `next`; `lost` is why its outcome is asked for. */
  z.object({
    kind: z.literal('tool'),
    cause: z.enum(['rate_limit', 'tool_outage']),
    until: z.number(),
    reason: z.string(),
    next: z.enum(['assess', 'run', 'reconcile']),
    lost: z.string().optional(),
  }),
  /** For an agent that was delegated to; at the latest until its own time, and that of its people, is up. */
  z.object({ kind: z.literal('child'), child: z.string(), until: z.number() }),
  /**
   * For a condition of what a tool gives. The tool runs again at `nextAt`, and now if it is `checking`; `failures` are those
   * in a row.
   */
  z.object({
    kind: z.literal('condition'),
    until: z.number(),
    nextAt: z.number(),
    checks: z.int(),
    failures: z.int(),
    checking: z.boolean(),
  }),
  /** For the turn's other calls to end: only then can the agent finish. */
  z.object({ kind: z.literal('siblings') }),
]);
export type Wait = z.infer<typeof Wait>;
