import type { AgentState } from '../contracts/state.ts';

/**
 * Whether the agent goes by the rules of core as they are now. Where a rule changes what an agent does, those that an older worker began
 * keep to the old one until their next run, so that their histories replay as they were made.
 */
export function hasNewRules({ definition }: Pick<AgentState, 'definition'>): boolean {
  return (definition?.edition ?? 1) >= 2;
}
