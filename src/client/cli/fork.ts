import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ForkTools } from '../../contracts/fork.ts';
import { Json } from '../../contracts/json.ts';
import { GatewayError } from '../gateway-error.ts';
import type { ForkInput } from '../forking.ts';
import { examples } from './arguments.ts';
import { confirmed } from './confirm.ts';
import type { Run, Session } from './session.ts';
import { addStartOptions, afterStart, type StartOptions, startParts } from './start-options.ts';

interface ForkOptions extends StartOptions {
  readonly tools: ForkTools;
  readonly instructions?: string;
  readonly message?: NonNullable<ForkInput['messages']>;
  readonly result?: NonNullable<ForkInput['results']>;
  readonly again?: boolean;
  readonly yes?: boolean;
}

export function registerFork(program: Command, run: Run): void {
  const command = program
    .command('fork <checkpoint>')
    .description('start an agent where another one was at the end of a turn: <id>@<turn>')
    .addOption(
      new Option(
        '--tools <mode>',
        'recorded: calls end as they did; dry: effects are only proposed; live: everything runs',
      )
        .choices(ForkTools.options)
        .default('recorded'),
    )
    .option('--instructions <file>', "in place of the definition's")
    .option('--message <turn[.nth]=text>', 'in place of what it was told then; the goal is turn 0', message)
    .option('--result <turn.call=json>', 'in place of what that call came to, like 3.1={"paid":true}', result)
    .option('--again', 'ask the model again, although nothing else is different');
  addStartOptions(command)
    .option('-y, --yes', 'do not ask before --tools live')
    .addHelpText(
      'after',
      examples(
        'perdure fork a1@12 --watch',
        'perdure fork a1@12 --model gpt-5.2 --tools dry',
        `perdure fork a1@7 --result '7.1={"answer":"no"}' --wait --json`,
        'perdure fork a1@0 --message "0=Only the invoices of ACME" --instructions careful.md',
      ),
    )
    .action((checkpoint: string, options: ForkOptions) =>
      run((session) => fork(session, checkpoint, options)),
    );
}

async function fork(session: Session, checkpoint: string, options: ForkOptions): Promise<number | undefined> {
  const { id, turn } = checkpointOf(checkpoint);
  const { tools } = options;
  const effect = `let a fork of ${id} act for real (--tools live), under keys of its own`;
  const isSure = tools !== 'live' || options.yes === true;
  if (!isSure && !(await confirmed(session, effect))) {
    session.out.note('Nothing was started.');
    return 1;
  }
  const gateway = await session.gateway();
  const started = await gateway.fork(
    id,
    {
      ...{ turn, tools, start: startParts(options, session.user) },
      ...(options.instructions === undefined ? {} : { instructions: await textOf(options.instructions) }),
      ...(options.message === undefined ? {} : { messages: options.message }),
      ...(options.result === undefined ? {} : { results: options.result }),
      ...(options.again ? { again: true } : {}),
    },
    options.id === undefined ? {} : { id: options.id },
  );
  return afterStart(session, gateway, started, options);
}

/** An id may have an @ in it, so that the last one counts. */
export function checkpointOf(text: string): { id: string; turn: number } {
  const { id, turn } = /^(?<id>.+)@(?<turn>\d{1,9})$/.exec(text)?.groups ?? {};
  if (id === undefined || turn === undefined)
    throw new GatewayError('Invalid', `${text}: a checkpoint is <id>@<turn>, like a1@12.`, {
      help: 'See which turns there are: perdure transcript <id>',
    });
  return { id, turn: Number(turn) };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatewayError('Invalid', `--instructions: ${reason}`, { cause: error });
  }
}

function message(text: string, before: ForkOptions['message'] = []): NonNullable<ForkOptions['message']> {
  const { turn, nth, said } = /^(?<turn>\d+)(?:\.(?<nth>\d+))?=(?<said>.+)$/s.exec(text)?.groups ?? {};
  if (turn === undefined || said === undefined)
    throw new InvalidArgumentError('It must be <turn>=<text> or <turn>.<nth>=<text>.');
  const place = nth === undefined ? {} : { nth: Number(nth) };
  return [...before, { turn: Number(turn), ...place, text: said }];
}

function result(text: string, before: ForkOptions['result'] = []): NonNullable<ForkOptions['result']> {
  const { turn, call, json } = /^(?<turn>\d+)\.(?<call>\d+)=(?<json>.+)$/s.exec(text)?.groups ?? {};
  const value = Json.safeParse(parsed(json ?? ''));
  if (turn === undefined || call === undefined || !value.success)
    throw new InvalidArgumentError('It must be <turn>.<call>=<JSON>.');
  return [...before, { turn: Number(turn), call: Number(call), result: value.data }];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
