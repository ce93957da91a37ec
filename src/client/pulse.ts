import type { Access } from './access.ts';
import { orArchived } from './archived.ts';
import { wordsNow } from './live.ts';
import { isOpen } from '../runtime/open-workflow.ts';
import { describeAgent } from './sending.ts';

/** Whether anything has happened to an agent, as the server knows without asking a worker. */
export interface Pulse {
  readonly open: boolean;
  /** Another one whenever the agent's history has grown. */
  readonly mark: string;
  /** Tells apart agents that had the same id one after the other. */
  readonly firstRunId: string;
  /** The end of what its model has written so far, while it writes. */
  readonly words?: string;
  /** Also absent where it is not known how the agent ended: the last of its runs that anybody has was not its last. */
  readonly closedAt?: Date;
}

/** Fails `NotFound`, also for a workflow that is no agent. */
export async function pulseOf(access: Access, id: string): Promise<Pulse> {
  return orArchived(
    access,
    id,
    () => livePulse(access, id),
    ({ runId, events, firstRunId, closedAt, status }) => ({
      ...{ open: false, mark: `${runId}/${events}`, firstRunId },
      ...(status === 'continued' ? {} : { closedAt: new Date(closedAt) }),
    }),
  );
}

async function livePulse(access: Access, id: string): Promise<Pulse> {
  const description = await describeAgent(access, id);
  const { runId, historyLength, closeTime, raw } = description;
  // Of what has ended, the server still knows the calls that were pending then.
  const words = isOpen(description) ? await wordsNow(access, description) : undefined;
  return {
    open: isOpen(description),
    mark: `${runId}/${historyLength}`,
    firstRunId: raw.workflowExecutionInfo?.firstRunId ?? '',
    ...(words === undefined ? {} : { words }),
    ...(closeTime ? { closedAt: closeTime } : {}),
  };
}
