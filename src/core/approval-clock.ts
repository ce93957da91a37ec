import type { Approval } from '../contracts/approval.ts';
import type { Wake } from '../contracts/command.ts';
import type { AgentState } from '../contracts/state.ts';
import { findApproval, isStopped, openApprovals, withApproval } from './approvals.ts';
import { expireApproval } from './decide.ts';
import { weaker } from '../contracts/role.ts';

/** When something happens to an approval although nobody decides: it expires, more people may decide, they are told again. */
export function approvalWakes(state: AgentState): Wake[] {
  return openApprovals(state)
    .filter((approval) => !isStopped(state, approval))
    .flatMap(({ id, tool, expiresAt, onDeadline, escalations = [], reminder }): Wake[] => {
      const [next] = escalations;
      return [
        {
          id: `approval:${id}`,
          at: expiresAt,
          summary: `approval ${id} for ${tool} expires: ${onDeadline}`,
        },
        ...(next ? [{ id: `escalate:${id}`, at: next.at, summary: `more people may decide ${id}` }] : []),
        ...(reminder ? [{ id: `remind:${id}`, at: reminder.at, summary: `reminder of ${id}` }] : []),
      ];
    });
}

/** Does what has become due, in a fixed order. */
export function passApprovals(state: AgentState, at: number): AgentState {
  let next = state;
  for (const { id } of openApprovals(state)) {
    next = ofApproval(next, id, (approval) => remind(escalate(approval, at), at));
    const approval = findApproval(next, id);
    if (approval && !isStopped(next, approval) && approval.expiresAt <= at)
      next = asksOn(next, approval, at) ?? expireApproval(next, approval);
  }
  return next;
}

function ofApproval(state: AgentState, id: string, change: (approval: Approval) => Approval): AgentState {
  const approval = findApproval(state, id);
  if (!approval || isStopped(state, approval)) return state;
  const changed = change(approval);
  return changed === approval ? state : withApproval(state, changed);
}

/** Who may decide now may do so with what they were shown: the approval's revision stays. */
function escalate(approval: Approval, at: number): Approval {
  const { escalations = [], approvers, ...rest } = approval;
  const [next, ...later] = escalations;
  if (!next || next.at > at) return approval;
  const everybody = [...new Set([...(approvers?.people ?? []), ...(next.people ?? [])])];
  const role = weaker(next.role, approvers?.role);
  const widened: Approval = {
    ...rest,
    // Where anybody may decide there is nobody to add.
    ...(approvers
      ? {
          approvers: {
            ...(everybody.length > 0 ? { people: everybody } : {}),
            ...(role === undefined ? {} : { role }),
          },
        }
      : {}),
    told: (approval.told ?? 0) + 1,
    ...(later.length > 0 ? { escalations: later } : {}),
  };
  return escalate(widened, at);
}

function remind(approval: Approval, at: number): Approval {
  const { reminder } = approval;
  if (!reminder || reminder.at > at) return approval;
  const missed = Math.floor((at - reminder.at) / reminder.everyMs);
  return {
    ...approval,
    told: (approval.told ?? 0) + 1,
    reminder: { ...reminder, at: reminder.at + (missed + 1) * reminder.everyMs },
  };
}

/** Some approvals are asked on rather than expire, for as long as the agent itself has time. */
function asksOn(state: AgentState, approval: Approval, at: number): AgentState | undefined {
  const { asksOnMs } = approval;
  if (asksOnMs === undefined || at >= state.limits.deadlineAt) return undefined;
  return withApproval(state, {
    ...approval,
    told: (approval.told ?? 0) + 1,
    expiresAt: at + asksOnMs,
  });
}

/** After a pause: what stood still goes on with the time that was left. */
export function goOnAfterPause(state: AgentState, pausedAt: number, at: number): AgentState {
  return {
    ...state,
    approvals: state.approvals.map((approval) => {
      if (approval.status !== 'open' || approval.stopsClock !== true) return approval;
      const stoodMs = at - Math.max(pausedAt, approval.requestedAt);
      const { reminder, escalations } = approval;
      return {
        ...approval,
        expiresAt: approval.expiresAt + stoodMs,
        ...(reminder ? { reminder: { ...reminder, at: reminder.at + stoodMs } } : {}),
        ...(escalations
          ? { escalations: escalations.map((step) => ({ ...step, at: step.at + stoodMs })) }
          : {}),
      };
    }),
  };
}
