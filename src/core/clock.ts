import type { AgentState } from '../contracts/state.ts';
import type { Wait } from '../contracts/wait.ts';
import type { Wake } from '../contracts/command.ts';
import { approvalWakes, passApprovals } from './approval-clock.ts';
import { endCall, failCall } from './calls.ts';
import { looksOf, passLooks } from './children.ts';
import { readAgain } from './load-failure.ts';
import { asksAgainAt } from './model-failure.ts';
import { summaryLine } from './text.ts';
import { endToolWait } from './tool-wait.ts';
import { resumeTurn } from './turn.ts';
import { dueAt, passWatch } from './watch.ts';

/** Every moment at which something is due although nothing happens: one timer each. */
export function wakesOf(state: AgentState): Wake[] {
  if (state.phase === 'ended') return [];
  const waits = state.calls.flatMap((call): Wake[] => {
    if (call.status !== 'waiting' || !('until' in call.wait)) return [];
    const at = call.wait.kind === 'condition' ? dueAt(call.wait) : call.wait.until;
    return [{ id: `call:${state.turn}:${call.index}`, at, summary: waitSummary(call.wait) }];
  });
  return [...approvalWakes(state), ...waits, ...suspended(state), ...lifeEnd(state), ...looksOf(state)].map(
    (wake) => ({
      ...wake,
      summary: summaryLine(wake.summary),
    }),
  );
}

function waitSummary(wait: Extract<Wait, { until: number }>): string {
  switch (wait.kind) {
    case 'timer':
      return 'sleeps until then';
    case 'event':
      return `waits for event ${wait.name}`;
    case 'tool':
      return wait.reason;
    case 'condition':
      return 'checks a condition';
    case 'child':
      return `waits for agent ${wait.child}`;
  }
}

function suspended(state: AgentState): Wake[] {
  const { suspension } = state;
  if (!suspension || suspension.kind === 'idle') return [];
  const forModel = suspension.kind === 'rate_limit' || suspension.kind === 'model_outage';
  const at = forModel ? asksAgainAt(state, suspension) : suspension.until;
  return [{ id: `${suspension.kind}:${suspension.since}`, at, summary: suspension.reason }];
}

/** An agent that waits on people or events must notice its deadline too; one that works does at its next turn. */
function lifeEnd(state: AgentState): Wake[] {
  if (state.suspension?.kind !== 'idle') return [];
  return [{ id: 'deadline', at: state.limits.deadlineAt, summary: "the agent's deadline" }];
}

/** Does everything that has become due, in a fixed order. */
export function passTime(state: AgentState, at: number): AgentState {
  let next = passApprovals(passLooks(state, at), at);
  for (const call of next.calls) {
    if (call.status !== 'waiting') continue;
    if (call.wait.kind === 'tool' && call.wait.until <= at) {
      next = endToolWait(next, call, call.wait, 'time', at);
    } else if (call.wait.kind === 'timer' && call.wait.until <= at) {
      next = endCall(next, call, { ok: true, result: { woke: new Date(at).toISOString() } });
    } else if (call.wait.kind === 'event' && call.wait.until <= at) {
      next = failCall(next, call, 'Expired', `no event ${call.wait.name} came in time`);
    } else if (call.wait.kind === 'condition') {
      next = passWatch(next, call, call.wait, at);
    } else if (call.wait.kind === 'child' && call.wait.until <= at) {
      next = failCall(next, call, 'Expired', `agent ${call.wait.child} has not ended in time`);
    }
  }
  return passSuspension(next, at);
}

function passSuspension(state: AgentState, at: number): AgentState {
  const { suspension } = state;
  if (!suspension) return state;
  if (suspension.kind === 'idle') return at >= state.limits.deadlineAt ? resumeTurn(state, at) : state;
  if (suspension.until > at) return state;
  if (suspension.kind === 'definition') return readAgain(state);
  if (suspension.kind !== 'budget') return resumeTurn(state, at);
  const message = `${suspension.reason}, and nobody extended the budget in time`;
  return { ...state, outcome: { status: 'failed', failure: { type: 'BudgetExceeded', message } } };
}
