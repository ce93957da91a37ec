import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import * as z from 'zod';
import type { BenchAdmin } from './admin.ts';
import type { Variant } from './workflows.ts';

export const approved: Variant = { name: 'approved', agent: 'approved', call: 'write' };
/** Waits for a signal before each tool. */
export const bareApproved: Variant = { name: 'bare approved', bare: 'bareApprovals', call: 'write' };

const Status = z.object({ approvals: z.array(z.object({ id: z.string() })) });
const pollMs = 10;
/** Nobody waits so long for a query; something is wrong. */
const GIVE_UP_MS = 120_000;

/** What is waited for, by id; waits until something is. For the plain workflow the number of the turn. */
export async function untilAsked(handle: WorkflowHandle, variant: Variant, last: string): Promise<string> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (performance.now() < deadline) {
    const asked = await askedFor(handle, variant);
    if (asked !== undefined && asked !== last) return asked;
    await pause(pollMs);
  }
  throw new Error(`${handle.workflowId} never asked for a decision`);
}

async function askedFor(handle: WorkflowHandle, { agent }: Variant): Promise<string | undefined> {
  if (agent === undefined) return handle.query<string | undefined>('asked');
  return Status.parse(await handle.query('status')).approvals[0]?.id;
}

/** Sends the decision; resolves when whoever takes it has answered. */
export type Decide = (handle: WorkflowHandle, approval: string) => Promise<unknown>;

const decision = (approval: string): object => ({ approval, decision: 'approve', by: 'bench' });

/** Answered when the server has it. */
export const bySignal: Decide = (handle, approval) => handle.signal('decide', decision(approval));

/** Answered by the workflow itself. */
export const byUpdate: Decide = (handle, approval) =>
  handle.executeUpdate('decide', { args: [decision(approval)] });

/** As a page or a program of somebody else's sends it. */
export function overHttp(admin: BenchAdmin): Decide {
  return ({ workflowId }, approval) =>
    admin.post(`/agents/${workflowId}/approvals/${approval}/decision`, { decision: 'approve' });
}
