import type { Command } from 'commander';
import { examples } from './arguments.ts';
import { confirmed } from './confirm.ts';
import type { Run } from './session.ts';

export function registerCancel(program: Command, run: Run): void {
  program
    .command('cancel <id>')
    .description('end an agent at once, also in the middle of a call; `stop` lets calls in flight end')
    .option('--reason <text>', 'kept in the history')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('perdure cancel a1 --reason "started by mistake" --yes'))
    .action((id: string, { reason, yes }: { reason?: string; yes?: boolean }) =>
      run(async (session) => {
        const effect = `cancel agent ${id} at once (calls in flight are cut off, nothing can bring it back)`;
        if (!yes && !(await confirmed(session, effect, `perdure cancel ${id}`))) {
          session.out.note('Nothing was cancelled.');
          return 1;
        }
        await (await session.gateway()).cancel(id, reason ?? `cancelled by ${session.user}`);
        session.out.data({ agent: id, cancelRequested: true }, () => `${id} is being cancelled`);
        return undefined;
      }),
    );
}
