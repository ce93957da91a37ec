import type { Command } from 'commander';
import { GatewayError } from '../gateway-error.ts';
import { examples } from './arguments.ts';
import type { Run, Session } from './session.ts';

export function registerCancel(program: Command, run: Run): void {
  program
    .command('cancel <id>')
    .description('end an agent at once, also in the middle of a call; `stop` lets calls in flight end')
    .option('--reason <text>', 'kept in the history')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('perdure cancel a1 --reason "started by mistake" --yes'))
    .action((id: string, { reason, yes }: { reason?: string; yes?: boolean }) =>
      run(async (session) => {
        if (!yes && !(await confirmed(session, id))) {
          session.out.note('Nothing was cancelled.');
          return 1;
        }
        await (await session.gateway()).cancel(id, reason ?? `cancelled by ${session.user}`);
        session.out.data({ agent: id, cancelRequested: true }, () => `${id} is being cancelled`);
        return undefined;
      }),
    );
}

/** Asks on a terminal; anywhere else the flag is the only way, so that no script hangs on a question. */
async function confirmed(session: Session, id: string): Promise<boolean> {
  const effect = `cancel agent ${id} at once (calls in flight are cut off, nothing can bring it back)`;
  if (!process.stdin.isTTY || !process.stderr.isTTY || session.out.format !== 'text')
    throw new GatewayError('Invalid', `This would ${effect}; say so with --yes.`, {
      help: `Run: perdure cancel ${id} --yes`,
    });
  const { confirm } = await import('@clack/prompts');
  // The question goes to stderr as all that is not data does.
  const answer = await confirm({ message: `Really ${effect}?`, initialValue: false, output: process.stderr });
  return answer === true;
}
