import assert from 'node:assert/strict';
import type { Child, ChildEnding, Parentage } from '../../src/contracts/child.ts';
import type { StartChild } from '../../src/contracts/command.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { type AgentOptions, call, startedAgent, type TestAgent } from './agent-builder.ts';

export const auto = [{ mode: 'auto' as const }];

export function parent(options: AgentOptions = {}): TestAgent {
  return startedAgent({
    ...options,
    definition: { budget: { turns: 40, tokens: 100_000, usd: 1 }, ...options.definition },
    tools: { delegate: auto, ...options.tools },
  });
}

export function delegate(agent: string, more: JsonObject = {}) {
  return call('delegate', { agent, input: `work for ${agent}`, ...more });
}

export function starts({ state }: TestAgent): StartChild[] {
  return commandsOf(state).filter((command) => command.type === 'start-child');
}

export function child(agent: TestAgent, index = 0): Child {
  return agent.state.children[index] ?? assert.fail(`there is no child ${index}`);
}

export const used = { turns: 3, inputTokens: 200, outputTokens: 100, usd: 0.02 };
export const done = (result: string): ChildEnding => ({ status: 'completed', result, usage: used });

export function begin(agent: TestAgent, index = 0): TestAgent {
  return agent.happen({ type: 'child-started', child: child(agent, index).id, run: `run-of-${index}` });
}

export function ends(agent: TestAgent, ending: ChildEnding, index = 0): TestAgent {
  return agent.happen({ type: 'child-ended', child: child(agent, index).id, ending });
}

/** An agent that another one delegated to. */
export function below(grants: Parentage['grants'] = [], more: Partial<Parentage> = {}): AgentOptions {
  const above = { agent: 'boss-1', run: 'run-0', path: ['boss'], depth: 2, grants, ...more };
  return { start: { parent: above, budget: { turns: 5, deadline: '1h' } } };
}
