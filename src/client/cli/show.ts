import type { Command } from 'commander';
import { examples } from './arguments.ts';
import type { Run } from './session.ts';
import { agentView } from './view/agent-view.ts';
import { why, whyView } from './view/why-view.ts';

export function registerShow(program: Command, run: Run): void {
  program
    .command('show <id>')
    .description('the state of an agent: status, budget, what it waits for, its result')
    .addHelpText('after', examples('perdure show a1', 'perdure show a1 --json'))
    .action((id: string) =>
      run(async (session) => {
        const status = await (await session.gateway()).status(id);
        session.out.data(status, () => agentView(status, Date.now(), session.out.colors));
        return undefined;
      }),
    );
  program
    .command('why <id>')
    .description('what an agent waits for, since and until when, and the exact lines that unblock it')
    .addHelpText('after', examples('perdure why a1'))
    .action((id: string) =>
      run(async (session) => {
        const status = await (await session.gateway()).status(id);
        const view = why(status, { by: session.user, flags: session.repeatedFlags });
        session.out.data(view, () => whyView(view, Date.now()));
        return undefined;
      }),
    );
}
