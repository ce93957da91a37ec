import type { ActivityProblem } from '../contracts/event.ts';
import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Reconciliation } from '../contracts/tool.ts';
import { askPerson } from './ask-outcome.ts';
import { MAX_RECONCILED_ROUNDS } from './bounds.ts';
import { callIn, doubted, endCall, failCall, undoubted } from './calls.ts';
import { startCall } from './dispatch.ts';
import { manifestOf } from './manifest.ts';
import { shownResult } from './tool-outcome.ts';
import { didNothing, hasWaited, reconcileCall, repeated, waitForTool } from './tool-wait.ts';

/**
 * The step failed for good. What time can mend is waited for. A pure call did nothing, nor did a single attempt whose
 * tool said that it could not begin. Of any other nobody can know: its tool is asked where it can answer, else a person.
 */
export function loseTool(
  state: AgentState,
  index: number,
  problem: ActivityProblem,
  { asksAtOnce = false, at }: { asksAtOnce?: boolean | undefined; at: number },
): AgentState {
  const call = callIn(state, index, 'running');
  if (!call) return state;
  const known = doubted(call, problem.mayHaveActed);
  const waiting = asksAtOnce ? undefined : waitForTool(state, known, problem, { next: 'run' }, at);
  if (waiting) return waiting;
  if (wasNotDone(known, problem))
    return failCall(state, known, problem.type, afterWaits(call, problem.message));
  const lost = afterWaits(call, `${problem.type}: ${problem.message}`);
  const canAnswer = manifestOf(state, call.name)?.hasReconcile === true;
  if (asksAtOnce || !canAnswer) return askPerson(state, known, lost, at);
  if ((call.repeats?.reconciled ?? 0) < MAX_RECONCILED_ROUNDS) {
    return reconcileCall(state, repeated(known, { reconciled: 1 }), lost, at);
  }
  return askPerson(
    state,
    known,
    `lost again after it was run again ${MAX_RECONCILED_ROUNDS} times: ${lost}`,
    at,
  );
}

function wasNotDone({ effect, mayHaveActed }: ToolCall, problem: ActivityProblem): boolean {
  if (effect === 'pure') return true;
  if (mayHaveActed === true) return false;
  const hadOneAttempt = effect === 'once' || effect === 'reconcilable';
  return problem.notBegun === true || (hadOneAttempt && didNothing(problem));
}

function afterWaits(call: ToolCall, message: string): string {
  const waits = hasWaited(call);
  return waits === 0 ? message : `${message} (after ${waits} ${waits === 1 ? 'pause' : 'pauses'})`;
}

/** What the tool found out: done, so this is the result; not done, so it runs again; or it does not know either. */
export function takeReconciliation(
  state: AgentState,
  index: number,
  found: Reconciliation,
  at: number,
): AgentState {
  const call = callIn(state, index, 'reconciling');
  if (!call) return state;
  switch (found.type) {
    case 'done':
      return endCall(state, call, { ok: true, result: shownResult(state, found) });
    case 'not-done':
      return startCall(state, undoubted(repeated(call)), at);
    case 'not-known':
      return askPerson(state, call, `${call.lost}; the tool does not know either: ${found.reason}`, at);
  }
}

export function loseReconciliation(
  state: AgentState,
  index: number,
  problem: ActivityProblem,
  at: number,
): AgentState {
  const call = callIn(state, index, 'reconciling');
  if (!call) return state;
  const { lost } = call;
  const waiting = waitForTool(state, call, problem, { next: 'reconcile', lost }, at);
  if (waiting) return waiting;
  const failed = afterWaits(call, `${problem.type}: ${problem.message}`);
  return askPerson(state, call, `${lost}; the tool could not be asked: ${failed}`, at);
}
