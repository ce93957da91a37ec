import type { Command } from 'commander';
import { refuseStale } from '../stale.ts';
import { examples, wholeNumber } from './arguments.ts';
import { confirmed } from './confirm.ts';
import type { Run } from './session.ts';

interface CancelOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly revision?: number;
}

export function registerCancel(program: Command, run: Run): void {
  program
    .command('cancel <id>')
    .description('end an agent at once, also in the middle of a call; `stop` lets calls in flight end')
    .option('--reason <text>', 'kept in the history')
    .option('-y, --yes', 'do not ask')
    .option('--revision <number>', 'fail with a conflict when the agent has changed since', wholeNumber)
    .addHelpText('after', examples('perdure cancel a1 --reason "started by mistake" --yes'))
    .action((id: string, { reason, yes, revision }: CancelOptions) =>
      run(async (session) => {
        const effect = `cancel agent ${id} at once (calls in flight are cut off, nothing can bring it back)`;
        if (!yes && !(await confirmed(session, effect))) {
          session.out.note('Nothing was cancelled.');
          return 1;
        }
        const gateway = await session.gateway();
        await refuseStale({ status: () => gateway.status(id) }, revision);
        await gateway.cancel(id, reason ?? `cancelled by ${session.user}`);
        session.out.data({ agent: id, cancelRequested: true }, () => `${id} is being cancelled`);
        return undefined;
      }),
    );
}
