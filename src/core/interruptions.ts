import type { AgentState, Suspension, ToolCall } from '../contracts/state.ts';
import type { Wait } from '../contracts/wait.ts';
import type { Approval } from '../contracts/approval.ts';
import type { Interruption, InterruptionKind } from '../contracts/status.ts';
import { findApproval, isStopped } from './approvals.ts';
import { budgetQuestion } from './budget-question.ts';
import { livingChildren } from './living-children.ts';
import { watchedBy } from './watch.ts';
import { asksAgainAt } from './model-failure.ts';

const kinds: Record<Approval['subject'], InterruptionKind> = {
  budget: 'budget',
  tool: 'approval',
  suggestion: 'approval',
  question: 'input',
  unknown_outcome: 'unknown_outcome',
};

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** Everything that keeps the agent from moving: why, since when, until when, and who or what ends it. */
export function interruptionsOf(state: AgentState): Interruption[] {
  if (state.phase === 'ended') return [];
  const calls = state.calls.flatMap((call) =>
    call.status === 'waiting' ? callInterruption(state, call) : [],
  );
  return state.suspension ? [...calls, suspensionInterruption(state, state.suspension)] : calls;
}

/** The id of a wait that is no approval; at most one for each call of the turn. */
export function callInterruptionId({ turn }: AgentState, index: number): string {
  return `t${turn}-${index + 1}`;
}

function callInterruption(state: AgentState, call: Extract<ToolCall, { status: 'waiting' }>): Interruption[] {
  const { wait, snapshot } = call;
  const base = { since: isoTime(call.since), snapshot };
  switch (wait.kind) {
    case 'approval': {
      const approval = findApproval(state, wait.approval);
      if (!approval) return [];
      return [
        {
          ...base,
          kind: kinds[approval.subject],
          id: approval.id,
          ...(isStopped(state, approval) ? {} : { deadline: isoTime(approval.expiresAt) }),
          onDeadline: approval.onDeadline,
          resumeBy: approval.allowedDecisions.map((decision) => `decide: ${decision}`),
          summary: approval.summary,
        },
      ];
    }
    case 'timer':
      return [
        {
          ...base,
          kind: 'timer',
          id: callInterruptionId(state, call.index),
          deadline: isoTime(wait.until),
          onDeadline: 'wake',
          resumeBy: ['time', 'resume'],
          summary: `sleeps until ${isoTime(wait.until)}`,
        },
      ];
    case 'event':
      return [
        {
          ...base,
          kind: 'event',
          id: callInterruptionId(state, call.index),
          deadline: isoTime(wait.until),
          onDeadline: 'the model is told that no event came',
          resumeBy: [`event: ${wait.name}`],
          summary: `waits for event ${wait.name}${wait.filter === undefined ? '' : ` with ${wait.filter}`}`,
        },
      ];
    case 'tool':
      return [
        {
          ...base,
          kind: wait.cause,
          id: callInterruptionId(state, call.index),
          deadline: isoTime(wait.until),
          onDeadline: 'the tool is tried again',
          resumeBy: ['time', 'resume'],
          summary: wait.reason,
        },
      ];
    case 'condition':
      return [{ ...base, ...conditionWait(call, wait), id: callInterruptionId(state, call.index) }];
    case 'child':
      return [{ ...base, ...childWait(wait), id: callInterruptionId(state, call.index) }];
    case 'siblings':
      return [];
  }
}

function conditionWait(
  call: ToolCall,
  { until, nextAt, checks }: Extract<Wait, { kind: 'condition' }>,
): Pick<Interruption, 'kind' | 'deadline' | 'onDeadline' | 'resumeBy' | 'summary'> {
  const { tool, condition } = watchedBy(call);
  return {
    kind: 'condition',
    deadline: isoTime(until),
    onDeadline: 'the model is told that it did not hold in time',
    resumeBy: ['time', 'resume'],
    summary: `until ${condition} of ${tool}; ${checks} checks so far, the next at ${isoTime(nextAt)}`,
  };
}

function childWait({
  child,
  until,
}: Extract<Wait, { kind: 'child' }>): Pick<
  Interruption,
  'kind' | 'deadline' | 'onDeadline' | 'resumeBy' | 'summary'
> {
  return {
    kind: 'child',
    deadline: isoTime(until),
    onDeadline: 'the model is told that the agent has not ended',
    resumeBy: [`end of agent ${child}`],
    summary: `waits for agent ${child}`,
  };
}

function suspensionInterruption(state: AgentState, suspension: Suspension): Interruption {
  const base = {
    id: `${suspension.kind}-${state.turn}`,
    since: isoTime(suspension.since),
    snapshot: suspension.snapshot,
    summary: suspension.reason,
  };
  switch (suspension.kind) {
    case 'idle':
      return {
        ...base,
        kind: livingChildren(state).length > 0 ? 'child' : 'input',
        deadline: isoTime(state.limits.deadlineAt),
        onDeadline: 'budget',
        resumeBy: ['message', 'event', 'stop'],
      };
    case 'budget':
      return {
        ...base,
        kind: 'budget',
        id: budgetQuestion(state)?.id ?? base.id,
        deadline: isoTime(suspension.until),
        onDeadline: 'the agent fails with BudgetExceeded',
        resumeBy: ['extendBudget', 'decide: approve', 'decide: edit', 'decide: reject', 'stop'],
      };
    case 'definition':
      return {
        ...base,
        kind: suspension.cause ?? 'definition',
        deadline: isoTime(suspension.until),
        onDeadline: 'the definition is read again',
        resumeBy: ['time', 'resume', 'stop'],
      };
    case 'rate_limit':
    case 'model_outage':
      return {
        ...base,
        kind: suspension.kind,
        deadline: isoTime(asksAgainAt(state, suspension)),
        onDeadline: 'the model is asked again',
        resumeBy: ['time', 'resume'],
      };
  }
}
