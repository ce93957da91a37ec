import type { Child } from '../contracts/child.ts';
import type { AgentState } from '../contracts/state.ts';

/** Not yet known to have ended. */
export function isLiving({ status }: Child): boolean {
  return status === 'starting' || status === 'open';
}

export function livingChildren({ children }: Pick<AgentState, 'children'>): Child[] {
  return children.filter(isLiving);
}
