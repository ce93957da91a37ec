import type { Command } from 'commander';
import { examples } from './arguments.ts';
import type { Run } from './session.ts';
import { explanationView } from './view/explanation-view.ts';

export function registerExplain(program: Command, run: Run): void {
  program
    .command('explain <id> <call>')
    .description('what led to a call: message, reply, rule, people, arguments, result')
    .addHelpText('after', examples('perdure explain a1 3.1', 'perdure explain a1 t3-1-9f2c11 --json'))
    .addHelpText(
      'after',
      '\nA call is named by its turn and its place in it (3.1), by an approval that was asked about it, or by its key.',
    )
    .action((id: string, call: string) =>
      run(async (session) => {
        const explanation = await (await session.gateway()).explain(id, call);
        session.out.data(explanation, () => explanationView(explanation, session.out.colors));
        return undefined;
      }),
    );
}
