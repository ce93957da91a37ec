import { Argument, type Command, type Option } from 'commander';
import { examples } from './arguments.ts';
import type { Run } from './session.ts';
import {
  type CompletedCommand,
  type CompletedOption,
  completionScripts,
  type Shell,
} from './view/completion-script.ts';

export function registerCompletion(program: Command, run: Run): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(Object.keys(completionScripts)))
    .description('print a script with which a shell completes commands and options')
    .addHelpText(
      'after',
      examples(
        'source <(perdure completion bash)',
        'source <(perdure completion zsh)   # after compinit',
        'perdure completion fish | source',
      ),
    )
    .addHelpText(
      'after',
      '\nAll that is offered is written in the script: it runs nothing, and knows the commands of the version that printed it.',
    )
    .action((shell: Shell) =>
      run((session) => {
        const shared = program.createHelp().visibleOptions(program).map(completedOption);
        const script = completionScripts[shell]({ shared, commands: completedCommands(program, shared) });
        session.out.data({ shell, script }, () => script);
        return Promise.resolve(undefined);
      }),
    );
}

/** A command and all below it, as help lists them. Each takes the shared options too, so they are not among its own. */
function completedCommands(
  command: Command,
  shared: readonly CompletedOption[],
  path = '',
): CompletedCommand[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  const options = help.visibleOptions(command).map(completedOption);
  const completed = {
    path,
    words: [
      ...below.map((each) => ({ word: each.name(), description: each.description() })),
      ...command.registeredArguments.flatMap(({ argChoices = [], description }) =>
        argChoices.map((word) => ({ word, description })),
      ),
    ],
    options: options.filter(({ flags }) => !shared.some((option) => option.flags[0] === flags[0])),
  };
  return [
    completed,
    ...below.flatMap((each) => completedCommands(each, shared, `${path} ${each.name()}`.trim())),
  ];
}

function completedOption({ long, short, description, required, argChoices }: Option): CompletedOption {
  return {
    flags: [long, short].filter((flag) => flag !== undefined),
    ...{ description, takesValue: required, values: argChoices ?? [] },
  };
}
