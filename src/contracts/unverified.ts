import type { Transition } from './state.ts';

/** Whether somebody brought a change about for whom nobody vouches; what the agent itself and the agents below it do is nobody's message. */
export function isUnverified({ actor, cause, signedInAs }: Transition): boolean {
  return actor !== 'agent' && signedInAs === undefined && !cause.startsWith('child');
}
