import type { Command } from 'commander';
import { examples, wholeNumber } from './arguments.ts';
import type { Run } from './session.ts';
import { entryText } from './view/entry-view.ts';

export function registerTranscript(program: Command, run: Run): void {
  program
    .command('transcript <id>')
    .description('what was said and done, turn by turn')
    .option('--from <turn>', 'first turn', wholeNumber)
    .option('--to <turn>', 'last turn', wholeNumber)
    .addHelpText(
      'after',
      examples('perdure transcript a1 --from 3', 'perdure transcript a1 --json | jq .entries'),
    )
    .action((id: string, range: { from?: number; to?: number }) =>
      run(async (session) => {
        const transcript = await (await session.gateway()).transcript(id, range);
        const { format, colors } = session.out;
        session.out.data(format === 'jsonl' ? transcript.entries : transcript, () =>
          transcript.entries.length === 0
            ? `Nothing was said in these turns; the agent is at turn ${transcript.lastTurn}.`
            : transcript.entries.map((entry) => entryText(entry, colors)).join('\n'),
        );
        return undefined;
      }),
    );
}
