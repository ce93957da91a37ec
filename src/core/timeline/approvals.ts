import type { Approval } from '../../contracts/approval.ts';
import type { AgentState } from '../../contracts/state.ts';
import type { ApprovalItem } from '../../contracts/timeline.ts';
import { openQuestions } from '../approvals.ts';
import { callItemId } from './calls.ts';
import type { Happening, Sheet } from './sheet.ts';

export function approvalItemId(id: string): string {
  return `approval:${id}`;
}

/** Questions that an earlier run asked and left open. */
export function carryApprovals(sheet: Sheet, state: AgentState): void {
  for (const approval of openQuestions(state)) {
    sheet.put({ ...itemOf(approval), carried: true });
    addToCall(sheet, approval);
  }
}

/** Questions that were asked, decided or closed otherwise; each decision as it is made. */
export function tellApprovals(sheet: Sheet, { event: { at }, before, after }: Happening): void {
  if (before.approvals === after.approvals && before.suspension === after.suspension) return;
  for (const approval of openQuestions(after)) {
    const known = sheet.find('approval', approvalItemId(approval.id));
    sheet.put(known ? { ...known, approval: asked(approval) } : itemOf(approval));
    if (!known) addToCall(sheet, approval);
  }
  for (const was of openQuestions(before)) {
    const now = closed(after, was);
    const known = now && sheet.find('approval', approvalItemId(was.id));
    if (!known) continue;
    // What it was about is forgotten when it closes.
    const { args, facts } = known.approval;
    sheet.put({ ...known, approval: { ...asked(now), args, facts }, endedAt: at });
  }
}

/** What became of a question that was open; undefined while it is. A budget that was extended otherwise leaves nothing of it. */
function closed(after: AgentState, was: Approval): Approval | undefined {
  const now = after.approvals.find(({ id }) => id === was.id);
  if (now) return now.status === 'open' ? undefined : now;
  if (openQuestions(after).some(({ id }) => id === was.id)) return undefined;
  return { ...was, status: 'withdrawn' };
}

function itemOf(approval: Approval): ApprovalItem {
  const { id, turn, requestedAt } = approval;
  return { kind: 'approval', id: approvalItemId(id), turn, at: requestedAt, approval: asked(approval) };
}

function addToCall(sheet: Sheet, { id, subject, turn, index }: Approval): void {
  const call = subject === 'budget' ? undefined : sheet.find('call', callItemId(turn, index));
  if (call) sheet.put({ ...call, approvals: [...call.approvals, id] });
}

function asked(approval: Approval): ApprovalItem['approval'] {
  const { id, subject, index, tool, args, facts, summary, rule, required, approvers } = approval;
  const { signedIn, notBy, requesterUnproven, expiresAt, onDeadline, decisions, status } = approval;
  return {
    ...{ id, subject, index, tool, args, facts, summary, required, expiresAt, onDeadline, decisions, status },
    ...(rule === undefined ? {} : { rule }),
    ...(approvers === undefined ? {} : { approvers }),
    ...(signedIn === undefined ? {} : { signedIn }),
    ...(notBy === undefined ? {} : { notBy }),
    ...(requesterUnproven === undefined ? {} : { requesterUnproven }),
  };
}
