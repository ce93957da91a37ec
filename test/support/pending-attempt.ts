import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

/** An activity that the server has not seen the end of. */
export interface PendingAttempt {
  readonly type: string;
  readonly attempt: number;
  readonly isStarted: boolean;
  /** The type that the attempt before this one failed with; empty for the first, and after a timeout. */
  readonly lastFailure: string;
}

const { PENDING_ACTIVITY_STATE_STARTED: started } = proto.temporal.api.enums.v1.PendingActivityState;

export async function pendingAttempts(client: Client, agent: string): Promise<PendingAttempt[]> {
  const { raw } = await client.workflow.getHandle(agent).describe();
  return (raw.pendingActivities ?? []).map(({ activityType, attempt, state, lastFailure }) => ({
    type: activityType?.name ?? '',
    attempt: attempt ?? 0,
    isStarted: state === started,
    lastFailure: lastFailure?.applicationFailureInfo?.type ?? '',
  }));
}
