import * as z from 'zod';
import { defineTool, ToolError, ToolUnavailable } from '../../../src/tools/define-tool.ts';

/** The ticket system, which keeps the key of each ticket: a second one with the same key is the first one. */
export interface TicketSystem {
  project(name: string, signal: AbortSignal): Promise<{ open: boolean; customers: number } | undefined>;
  /** Undefined when it can't be reached; then nothing was done. */
  open(ticket: { project: string; title: string; key: string }): Promise<{ id: string } | undefined>;
}

export function openTicket(tickets: TicketSystem) {
  return defineTool({
    name: 'open_ticket',
    description: 'Opens a ticket in a project. A person may have to approve it first.',
    effect: 'idempotent',
    timeoutMs: 15_000,
    input: z.strictObject({ project: z.string().max(100), title: z.string().min(1).max(200) }),
    output: z.object({ id: z.string() }),
    assess: async ({ project }, { signal }) => {
      const found = await tickets.project(project, signal);
      // Every fact is always there and of one type, so that no rule fails for want of one.
      return { known: found !== undefined, open: found?.open ?? false, customers: found?.customers ?? 0 };
    },
    run: async ({ project, title }, { key, signal, progress, confirmLease }) => {
      const found = await tickets.project(project, signal);
      if (found === undefined) throw new ToolError('NotFound', `there is no project ${project}`);
      progress('opening');
      await confirmLease();
      const opened = await tickets.open({ project, title, key });
      if (opened === undefined) throw new ToolUnavailable('the ticket system does not answer');
      return opened;
    },
  });
}
