import { commandsOf } from '../../src/core/commands.ts';
import { call, DAY_MS, factsFor, type TestAgent } from './agent-builder.ts';

export function inDays(agent: TestAgent, days: number): string {
  return new Date(agent.now + days * DAY_MS).toISOString();
}

export function give(agent: TestAgent, more: object = {}) {
  return agent.send('grant', { tool: 'pay', by: 'ann', until: inDays(agent, 2), ...more });
}

export function pay(agent: TestAgent, facts: object = factsFor.approve): TestAgent {
  return agent.asks(call('pay', { invoice: 'i1' })).assessed(0, { ...facts });
}

export const asks = ({ state }: TestAgent): boolean =>
  state.approvals.some(({ status }) => status === 'open');
export const runs = ({ state }: TestAgent): boolean =>
  commandsOf(state).some(({ type }) => type === 'run-tool');
