import type { ActivityProblem } from '../contracts/event.ts';
import type { AgentState } from '../contracts/state.ts';
import type { Assessment } from '../contracts/tool.ts';
import { callIn, identityOf, withCall, withFacts } from './calls.ts';
import { judgeCall } from './dispatch.ts';
import { repeated, waitForTool } from './tool-wait.ts';

/** Takes over what assessing found and asks policy. Without facts, only rules that do not need them can give leave. */
export function takeAssessment(state: AgentState, assessment: Assessment, at: number): AgentState {
  const call = callIn(state, assessment.index, 'assessing');
  if (!call) return state;
  if (assessment.type === 'rate-limited') {
    const { message, retryAfterMs } = assessment;
    const problem = {
      ...{ type: 'ToolRateLimited', message },
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
    const waiting = waitForTool(state, call, problem, { next: 'assess' }, at);
    if (waiting) return waiting;
  }
  const facts = assessment.type === 'assessed' ? assessment.facts : {};
  return judgeCall(state, { ...withFacts(identityOf(call), facts), status: 'assessing' }, at);
}

/**
 * No attempt established the facts. Calls that were assessed together are so each on its own, so that one tool does
 * not hold up the others; one whose tool can't work now waits; for any other policy decides without facts.
 */
export function loseAssessment(
  state: AgentState,
  indexes: readonly number[],
  problem: ActivityProblem,
  at: number,
): AgentState {
  const open = indexes.flatMap((index) => callIn(state, index, 'assessing') ?? []);
  if (open.length > 1) {
    return open.reduce((next, call) => {
      const alone = repeated(call);
      return withCall(next, { ...alone, round: alone.round + 1, status: 'assessing' });
    }, state);
  }
  const [call] = open;
  if (!call) return state;
  const waiting = waitForTool(state, call, problem, { next: 'assess' }, at);
  if (waiting) return waiting;
  return takeAssessment(state, { type: 'failed', index: call.index, message: problem.message }, at);
}
