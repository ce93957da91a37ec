import type { Command } from 'commander';
import { durationMs } from '../../contracts/duration.ts';
import type { MemoryOwner, MemoryStore } from '../../storage/memories.ts';
import type { Gateway } from '../gateway.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Pulse } from '../pulse.ts';
import { duration, examples } from './arguments.ts';
import { confirmed } from './confirm.ts';
import type { Run } from './session.ts';

interface PruneOptions {
  readonly olderThan: string;
  readonly unknown?: boolean;
  readonly yes?: boolean;
}

type WithMemories = <Result>(
  otherwise: Result,
  work: (store: MemoryStore) => Promise<Result>,
) => Promise<Result>;

/** What becomes of what agents kept for themselves alone: nobody recalls it after their end. */
export function registerPrune(memory: Command, run: Run, withMemories: WithMemories): void {
  memory
    .command('prune')
    .description('delete for good what agents kept for themselves and that have ended since')
    .option('--older-than <duration>', 'only of agents that ended at least so long ago', duration, '30d')
    .option('--unknown', 'also of agents that this server does not know, or not any more')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      examples('perdure memory prune --yes', 'perdure memory prune --older-than 180d --unknown'),
    )
    .action(({ olderThan, unknown = false, yes = false }: PruneOptions) =>
      run(async (session) => {
        const gateway = await session.gateway();
        const endedBefore = Date.now() - durationMs(olderThan);
        const owners = await withMemories([], (store) => store.owners());
        const found = await sorted(gateway, owners, endedBefore);
        const gone = unknown ? [...found.ended, ...found.unknown] : found.ended;
        const skipped = unknown ? 0 : memoriesOf(found.unknown);
        if (skipped > 0)
          session.out.note(
            `${skipped} memories of agents that this server does not know are kept: --unknown deletes them too.`,
          );
        if (gone.length === 0) {
          session.out.data({ deleted: 0, agents: 0 }, () => 'Nothing to delete.');
          return undefined;
        }
        const effect = `delete ${memoriesOf(gone)} memories of ${gone.length} agents that have ended for good`;
        if (!yes && !(await confirmed(session, effect))) {
          session.out.note('Nothing was deleted.');
          return 1;
        }
        const firstRuns = gone.map(({ firstRun }) => firstRun);
        const deleted = await withMemories(0, (store) => store.forget(firstRuns));
        session.out.data(
          { deleted, agents: gone.length },
          () => `deleted ${deleted} memories of ${gone.length} agents`,
        );
        return undefined;
      }),
    );
}

function memoriesOf(owners: readonly MemoryOwner[]): number {
  return owners.reduce((sum, { memories }) => sum + memories, 0);
}

/** Who has ended long enough ago, and whom the server does not know: it may be another server than the agents had. */
export async function sorted(
  gateway: Pick<Gateway, 'pulse'>,
  owners: readonly MemoryOwner[],
  endedBefore: number,
): Promise<{ ended: MemoryOwner[]; unknown: MemoryOwner[] }> {
  const ended: MemoryOwner[] = [];
  const unknown: MemoryOwner[] = [];
  for (const owner of owners) {
    const pulse = await gateway.pulse(owner.agent).catch(unlessThere);
    // An id that was used again says nothing about when the agent before ended, nor does a run after which it went on.
    if (pulse?.firstRunId !== owner.firstRun || isLost(pulse)) unknown.push(owner);
    else if (pulse.closedAt !== undefined && pulse.closedAt.getTime() <= endedBefore) ended.push(owner);
  }
  return { ended, unknown };
}

function isLost({ open, closedAt }: Pulse): boolean {
  return !open && closedAt === undefined;
}

function unlessThere(error: unknown): undefined {
  if (error instanceof GatewayError && error.type === 'NotFound') return undefined;
  throw error;
}
