import { basename } from 'node:path';
import { isatty } from 'node:tty';
import { Command, CommanderError, Option } from 'commander';
import { failures } from '../../contracts/failures.ts';
import { GatewayError } from '../gateway-error.ts';
import { endWhenNobodyReads, type Format, Output } from './output.ts';
import { registerAll } from './commands.ts';
import { examples } from './arguments.ts';
import { type GlobalOptions, Session, type Work } from './session.ts';
import { packageVersion } from '../package-version.ts';

/** What npm calls its links; any other script name is a development file whose users know it as perdure. */
const binNames = ['perdure', 'temporal-perdure'];

endWhenNobodyReads(() => outputFor(guessOptions(process.argv)));
process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(programName(argv[1]), async (work) => {
    exitCode = await perform(program.opts<GlobalOptions>(), work);
  });
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return outputFor(guessOptions(argv)).failure(error);
    return endedByCommander(error, argv);
  }
}

/** Runs one command with a session of its own; whatever it throws becomes a message and an exit code. */
async function perform(options: GlobalOptions, work: Work): Promise<number> {
  const session = new Session(outputFor(options), options);
  try {
    return (await work(session)) ?? 0;
  } catch (error) {
    return session.out.failure(error);
  } finally {
    await session.close();
  }
}

function buildProgram(name: string, run: (work: Work) => Promise<void>): Command {
  const program = new Command(name)
    .description('Start, watch and steer persistent AI agents that run as Temporal workflows.')
    .version(packageVersion(), '-V, --version')
    .option('--address <host:port>', 'Temporal server (TEMPORAL_ADDRESS, default localhost:7233)')
    .option('-n, --namespace <name>', 'Temporal namespace (TEMPORAL_NAMESPACE, default default)')
    .option('--profile <name>', "profile of Temporal's configuration file (TEMPORAL_PROFILE)")
    .option('--api-key <key>', 'API key (TEMPORAL_API_KEY)')
    .option('--tls', 'connect with TLS (TEMPORAL_TLS)')
    .option('--tls-cert-path <file>', 'client certificate')
    .option('--tls-key-path <file>', "client certificate's key")
    .option('--tls-ca-path <file>', "certificate of the server's authority")
    .option('--tls-server-name <name>', 'name expected in the server certificate')
    .option('--task-queue <name>', 'task queue of the worker (PERDURE_TASK_QUEUE, default perdure)')
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json', 'jsonl']))
    .option('--json', 'short for --output json: stdout has only data, everything else is on stderr')
    .option('--no-color', 'no colours (also NO_COLOR)')
    .option('--verbose', 'the stack of an error, and its causes')
    .addHelpText(
      'after',
      examples(
        `${name} start invoice-desk "Check and pay this week's invoices" --watch`,
        `${name} approvals`,
        `${name} why <id>`,
      ),
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 conflict, 5 server not reachable, 6 forbidden.',
    );
  registerAll(program, run);
  for (const command of [program, ...program.commands]) quiet(command);
  return program;
}

/** Errors are printed here, in one form for text and JSON, so commander must neither print them nor end the process. */
function quiet(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  command.commands.forEach(quiet);
}

function endedByCommander(error: CommanderError, argv: readonly string[]): number {
  // Help and version were asked for and are on stdout already; `help` alone means that a command is missing.
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return 0;
  if (error.code === 'commander.help') return error.exitCode === 0 ? 0 : failures.Invalid.exitCode;
  const message = error.message.replace(/^error: /, '');
  return outputFor(guessOptions(argv)).failure(
    new GatewayError('Invalid', message, { help: `See ${programName(argv[1])} --help.` }),
  );
}

/** The format that was asked for, when the arguments as a whole could not be understood. */
function guessOptions(argv: readonly string[]): GlobalOptions {
  const at = argv.findIndex((word) => word === '-o' || word === '--output');
  const output = at < 0 ? argv.find((word) => word.startsWith('--output='))?.slice(9) : argv[at + 1];
  return {
    json: argv.includes('--json'),
    color: !argv.includes('--no-color'),
    ...(output === undefined ? {} : { output }),
  };
}

function outputFor({ json, output, color, verbose }: GlobalOptions): Output {
  const { NO_COLOR, TERM } = process.env;
  const named: Format = output === 'json' || output === 'jsonl' ? output : 'text';
  const format = json && named === 'text' ? 'json' : named;
  const allowed = color !== false && !NO_COLOR && TERM !== 'dumb' && format === 'text';
  return new Output({
    ...{ format, color: allowed && isatty(1), noteColor: allowed && isatty(2) },
    verbose: verbose ?? false,
  });
}

function programName(script: string | undefined): string {
  const name = basename(script ?? '');
  return binNames.includes(name) ? name : 'perdure';
}
