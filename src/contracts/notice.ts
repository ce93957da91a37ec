import * as z from 'zod';
import { Deciders } from './definition.ts';

/** The workflow that sends one notice, as long as it takes. */
export const NOTICE_WORKFLOW_TYPE = 'notify';

/** Something that people should know of, whoever they are and however they are told. */
export const Notice = z.strictObject({
  /** The same for the same happening, and for no other; visible ASCII. */
  id: z.string().min(1).max(100),
  type: z.enum(['approval.opened', 'approval.reminded', 'call.started', 'agent.failed']),
  at: z.number(),
  agent: z.string().min(1).max(1_000),
  definition: z.string(),
  /** What it is about, in a line for people. */
  summary: z.string().max(1_000),
  approval: z
    .strictObject({
      ...{ id: z.string(), subject: z.string(), tool: z.string(), expiresAt: z.number() },
      /** Who may decide; anybody, unless given. */
      approvers: Deciders.optional(),
    })
    .optional(),
});
export type Notice = z.infer<typeof Notice>;
