import { localSteps } from './local-steps-first.ts';
import { changes } from './perform.ts';
import { workflowTime } from './workflow-time.ts';

/** The time that the agent's events have, in milliseconds since the epoch: the same on replay, also after a local step. */
export function agentTime(): number {
  return changes.stepTimes() ? localSteps.toldAt : workflowTime();
}
