import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { Started } from '../contracts/answers.ts';
import type { Fork } from '../contracts/fork.ts';
import type { AgentStartInput } from '../contracts/start.ts';
import type { Access } from './access.ts';
import { stateAtCheckpoint } from './agent-history.ts';
import { orArchived } from './archived.ts';
import { describeAgent } from './sending.ts';
import { startAgent, type StartOptions, startOf } from './starting.ts';

/** Where a fork begins and what is different there; which agent it is a fork of is said beside it. */
export type ForkInput = Omit<z.input<typeof Fork>, 'agent' | 'run'>;
/** What is different about the fork as an agent of its own. */
export type ForkStart = Pick<AgentStartInput, 'requester' | 'model' | 'budget' | 'labels'>;

const MAX_NAMED_CHARS = 900;

/** Ends with the turn and something that tells it from other forks, so that a list shows whose fork it is. */
export function forkIdOf(id: string, turn: number, which = randomBytes(3).toString('hex')): string {
  return `${id.slice(0, MAX_NAMED_CHARS)}.fork-${turn}-${which}`;
}

/**
 * Starts an agent where another one was at the end of a turn. That one may still be at work, or have ended; it is not
 * changed. What else can't be forked shows in how the new agent ends: it reads the other's history itself. Fails `NotFound`
 * for a turn that has not ended.
 */
export async function forkAgent(
  access: Access,
  id: string,
  { start, ...fork }: ForkInput & { readonly start: ForkStart },
  options: StartOptions = {},
): Promise<Started> {
  const run = await orArchived(
    access,
    id,
    async () => (await describeAgent(access, id)).raw.workflowExecutionInfo?.firstRunId,
    ({ firstRunId }) => firstRunId,
  );
  const {
    start: { agent },
  } = await startOf(access, id);
  await stateAtCheckpoint(access, id, fork.turn);
  return startAgent(
    access,
    { ...start, agent, fork: { ...fork, agent: id, ...(run ? { run } : {}) } },
    { id: forkIdOf(id, fork.turn), ...options },
  );
}
