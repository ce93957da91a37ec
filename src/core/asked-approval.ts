import type { Approval } from '../contracts/approval.ts';
import { advance } from './advance.ts';
import { findApproval } from './approvals.ts';
import type { RunRecord } from './run-record.ts';

/**
 * An approval as it was asked, with what became of it; undefined if this run never had it. A state keeps only the last ones
 * that are closed, and of those not what they were about, so that the run is gone through again for them.
 */
export function askedApproval({ state, initial, events }: RunRecord, id: string): Approval | undefined {
  const now = findApproval(state, id);
  if (now?.status === 'open') return now;
  let asked: Approval | undefined;
  let past = initial;
  for (const event of events) {
    const known = findApproval(past, id);
    if (known?.status === 'open') asked = known;
    else if (known && asked) return { ...known, args: asked.args, facts: asked.facts };
    past = advance(past, event);
  }
  const last = findApproval(past, id);
  if (last && asked) return { ...last, args: asked.args, facts: asked.facts };
  // A question about the budget is gone when the budget was extended without an answer to it.
  return last ?? (asked && { ...asked, status: 'withdrawn' });
}
