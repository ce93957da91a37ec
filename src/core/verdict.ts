import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Grant } from '../contracts/child.ts';
import { isBuiltIn } from './built-in-tools.ts';
import { hasNewRules } from './edition.ts';
import { manifestOf } from './manifest.ts';
import { decideWithin, type PolicyInput, type PolicyVerdict } from './policy.ts';

export function hasAssess(state: AgentState, name: string): boolean {
  return manifestOf(state, name)?.hasAssess === true;
}

/** Where policy lets every call through whatever the facts, nobody would look at them. */
export function needsFacts(state: AgentState, name: string): boolean {
  const own = state.definition?.tools[name] ?? [];
  const granted = grantsOn(state, name).flatMap(({ tools }) => tools[name] ?? []);
  const lookedAt = [...own, ...granted].some(({ when, mode }) => when !== undefined || mode !== 'auto');
  return lookedAt && hasAssess(state, name);
}

/** Whether policy lets every call of a tool through, whatever its arguments and facts. */
export function isAlwaysAllowed(state: AgentState, name: string): boolean {
  const granted = grantsOn(state, name).flatMap(({ tools, only }) => {
    const rules = tools[name] ?? (only ? [] : undefined);
    return rules ? [rules] : [];
  });
  // The first rule that applies decides.
  return [state.definition?.tools[name] ?? [], ...granted].every(
    ([first]) => first?.mode === 'auto' && first.when === undefined,
  );
}

/** Whether a rule of the agent has people told of calls of a tool that run without being asked about. */
export function mayBeTold({ definition }: Pick<AgentState, 'definition'>, name: string): boolean {
  return definition?.tools[name]?.some(({ notify }) => notify === true) === true;
}

/** What those above the agent say of a tool. Commands of core concern only the agent itself, except for delegation. */
function grantsOn({ start }: AgentState, name: string): readonly Grant[] {
  return isBuiltIn(name) && name !== 'delegate' ? [] : (start.parent?.grants ?? []);
}

/** What the agent's own rules and those above it say of a call. */
export function verdictOn(state: AgentState, call: Pick<ToolCall, 'name' | 'args' | 'facts'>): PolicyVerdict {
  const { name } = call;
  const rules = state.definition?.tools[name];
  const joins = hasNewRules(state);
  return decideWithin(name, { rules, grants: grantsOn(state, name), joins }, policyInputOf(state, call));
}

/** What conditions of rules, and of leave given ahead, speak of. */
export function policyInputOf(
  { agentId, start, turn }: AgentState,
  { args, facts }: Pick<ToolCall, 'args' | 'facts'>,
): PolicyInput {
  return {
    facts,
    args,
    agent: { id: agentId, definition: start.agent, turn, requester: start.requester ?? '' },
    labels: start.labels,
  };
}
