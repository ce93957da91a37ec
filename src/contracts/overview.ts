import * as z from 'zod';

/** A queue that workers take from, and what waits in it. */
export const QueueHealth = z.object({
  name: z.string(),
  /** Agents that wait for a worker to go on, models and quick tools on the same queue, tools on their own. */
  kind: z.enum(['agents', 'models', 'tools']),
  workers: z.array(z.object({ identity: z.string(), seenAt: z.iso.datetime().optional() })),
  /** About how many tasks wait, and for how long the oldest does, in milliseconds. */
  waiting: z.int(),
  oldestMs: z.number(),
});
export type QueueHealth = z.infer<typeof QueueHealth>;

/** Whether agents can go on: who works, what waits for them, and how many agents there are. */
export const Health = z.object({
  version: z.string(),
  namespace: z.string(),
  queues: z.array(QueueHealth),
  /** Agents of Temporal's index by status and by what they wait for; those that there is none of are left out. */
  agents: z.object({
    byStatus: z.record(z.string(), z.int()),
    waitingFor: z.record(z.string(), z.int()),
    pendingApprovals: z.int(),
  }),
  /** Whether this server reads an archive of what Temporal no longer has. */
  archive: z.boolean(),
});
export type Health = z.infer<typeof Health>;

/** A schedule that starts agents or speaks to them. */
export const ScheduleRow = z.object({
  schedule: z.string(),
  /** Of which definition's front matter it was made. */
  definition: z.string().optional(),
  paused: z.boolean(),
  note: z.string().optional(),
  workflow: z.string(),
  /** In words. */
  times: z.array(z.string()),
  next: z.string().optional(),
  last: z.object({ scheduledAt: z.string(), takenAt: z.string(), started: z.string() }).optional(),
});
export type ScheduleRow = z.infer<typeof ScheduleRow>;

/** What came of telling a schedule something. */
export const ScheduleChanged = z.object({
  schedule: z.string(),
  paused: z.boolean(),
  note: z.string().optional(),
});

export const ScheduleList = z.object({ schedules: z.array(ScheduleRow) });
