import { type ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { isFailureType } from '../contracts/failures.ts';

/** Why an agent has not taken a message: what it said last, also where that was tried again until there was no more time for it. */
export function notTaken(agent: string, failed: ActivityFailure): ApplicationFailure {
  let said: Error | undefined = failed.cause;
  while (said && !(said instanceof ApplicationFailure)) said = causeOf(said);
  return ApplicationFailure.create({
    type: isFailureType(said?.type) ? said.type : 'NoWorker',
    message: `agent ${agent} has not taken it: ${said?.message ?? 'nobody answers for it'}`,
    nonRetryable: true,
    cause: failed,
  });
}

function causeOf({ cause }: Error): Error | undefined {
  return cause instanceof Error ? cause : undefined;
}
