import type { Command } from 'commander';
import { examples } from './arguments.ts';
import type { Run } from './session.ts';
import { partingView } from './view/difference-view.ts';

export function registerDiff(program: Command, run: Run): void {
  program
    .command('diff <id> <other>')
    .description('where two agents part: the first turn that differs, and what differs in it')
    .addHelpText('after', examples('perdure diff a1 a1-fork', 'perdure diff a1 a2 --json | jq .parting'))
    .addHelpText(
      'after',
      '\nTurns are compared by what was said, called and told; times, ids and costs are not.',
    )
    .action((one: string, other: string) =>
      run(async (session) => {
        const difference = await (await session.gateway()).compare(one, other);
        session.out.data(difference, () => partingView(difference, session.out.colors));
        return undefined;
      }),
    );
}
