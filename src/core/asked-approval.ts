import type { Approval } from '../contracts/approval.ts';
import { advance } from './advance.ts';
import { findApproval } from './approvals.ts';
import type { RunRecord } from './run-record.ts';

/** `isWhole`: with what it was about. It is not where only an earlier run knows that. */
interface Asked {
  readonly approval: Approval;
  readonly isWhole: boolean;
}

/**
 * An approval as it was asked, with what became of it; undefined if this run never had it. A state keeps only the last ones
 * that are closed, and of those not what they were about, so that the run is gone through again for them.
 */
export function askedApproval({ state, initial, events }: RunRecord, id: string): Asked | undefined {
  const now = findApproval(state, id);
  if (now?.status === 'open') return { approval: now, isWhole: true };
  let asked: Approval | undefined;
  let past = initial;
  for (const event of events) {
    const known = findApproval(past, id);
    if (known?.status === 'open') asked = known;
    else if (known && asked) return { approval: asAsked(known, asked), isWhole: true };
    past = advance(past, event);
  }
  const last = findApproval(past, id);
  if (last) return { approval: asked ? asAsked(last, asked) : last, isWhole: asked !== undefined };
  // A question about the budget is gone when the budget was extended without an answer to it.
  return asked && { approval: { ...asked, status: 'withdrawn' }, isWhole: true };
}

/** What became of an approval, with what it was about. */
export function asAsked(closed: Approval, { args, facts }: Approval): Approval {
  return { ...closed, args, facts };
}
