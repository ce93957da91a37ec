import type { AgentEvent } from '../../contracts/event.ts';
import type { RequestedCall } from '../../contracts/model.ts';
import type { AgentState, ToolCall } from '../../contracts/state.ts';
import type { Verdict } from '../../contracts/timeline.ts';
import { argumentProblem } from '../arguments.ts';
import { MAX_CALLS_PER_TURN } from '../bounds.ts';
import { isBuiltIn } from '../built-in-tools.ts';
import { manifestOf } from '../manifest.ts';
import { verdictOn } from '../verdict.ts';

interface Change {
  readonly event: AgentEvent;
  readonly state: AgentState;
  readonly call: ToolCall;
  /** As it was before the event, if it was there. */
  readonly past: ToolCall | undefined;
  readonly proposed: RequestedCall['args'];
}

/** What policy said of a call, if an event had it asked: the rules are the agent's own, so they say it again. */
export function verdictIn(change: Change): Verdict | undefined {
  if (!wasJudged(change)) return undefined;
  const { state, call, event } = change;
  const { mode, reason, place } = verdictOn(state, call);
  return { at: event.at, mode, reason, facts: call.facts, ...(place === undefined ? {} : { rule: place }) };
}

function wasJudged({ event, state, call, past, proposed }: Change): boolean {
  if (call.status === 'assessing') return false;
  if (!past) return isSound(state, call, proposed);
  if (past.status === 'assessing') {
    // Its tool could not even be asked for the facts.
    return !(call.status === 'waiting' && call.wait.kind === 'tool' && call.wait.next === 'assess');
  }
  if (call.key !== past.key) return true;
  const changed = event.type === 'tool-ended' && event.outcome.type === 'facts-changed';
  return changed && past.status === 'running' && call.factsHash !== past.factsHash;
}

/** Policy is not asked about a call that can't be made at all. */
function isSound(
  state: AgentState,
  { name, index, args }: ToolCall,
  proposed: RequestedCall['args'],
): boolean {
  if (index >= MAX_CALLS_PER_TURN || proposed.type === 'malformed') return false;
  if (state.definition?.tools[name] === undefined) return false;
  if (!isBuiltIn(name) && manifestOf(state, name) === undefined) return false;
  return argumentProblem(name, args, state.manifests) === undefined;
}
