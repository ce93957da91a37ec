import type { AgentState, ToolCall } from '../contracts/state.ts';
import { callIn, identityOf, withCall } from './calls.ts';
import { judgeCall } from './dispatch.ts';
import { hasNewRules } from './edition.ts';

/** Policy is asked anew about calls that were to run by leave which is taken back now, if they surely have not begun. */
export function judgeAnew(state: AgentState, grant: string, at: number): AgentState {
  if (!hasNewRules(state)) return state;
  const calls = state.calls.filter((call) => call.approval?.id === grant && isUntouched(state, call));
  return calls.reduce((next, call) => {
    const { approval: _withdrawn, ...identity } = identityOf(call);
    const judged = judgeCall(next, { ...identity, status: 'assessing' }, at);
    const { approval } = callIn(judged, call.index, 'running') ?? {};
    // Other leave lets it run; what it waits for is as it was.
    return call.status === 'waiting' && approval ? withCall(judged, { ...call, approval }) : judged;
  }, state);
}

/** An idempotent call may have been done by an attempt that was lost; what became a call of the agent while it is paused has been started by nobody. */
function isUntouched({ paused }: AgentState, call: ToolCall): boolean {
  if (call.status === 'waiting')
    return call.wait.kind === 'tool' && call.wait.next === 'run' && call.effect !== 'idempotent';
  const isHeld = call.status === 'running' && paused !== undefined && call.since > paused.at;
  return isHeld && call.mayHaveActed !== true;
}
