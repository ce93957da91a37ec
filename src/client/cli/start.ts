import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { type AgentStartInput, MAX_TEXT_CHARS } from '../../contracts/start.ts';
import { GatewayError } from '../gateway-error.ts';
import { amount, duration, examples, label, wholeNumber } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { outcomeExitCode, outcomeText } from './outcome.ts';
import { watchAgent } from './watch.ts';

interface StartOptions {
  readonly id?: string;
  readonly model?: string;
  readonly requester?: string;
  readonly budgetTurns?: number;
  readonly budgetTokens?: number;
  readonly budgetUsd?: number;
  readonly budgetDeadline?: string;
  readonly label?: Record<string, string>;
  readonly wait?: boolean;
  readonly watch?: boolean;
}

export function registerStart(program: Command, run: Run): void {
  program
    .command('start <definition> [input]')
    .description('start an agent; the input is its goal, - reads it from stdin')
    .option('--id <id>', 'id of the agent (default: from the definition and chance)')
    .option('--model <name>', "instead of the definition's models")
    .option('--requester <name>', 'who wants it (default: you)')
    .option('--budget-turns <number>', 'at most this many turns', wholeNumber)
    .option('--budget-tokens <number>', 'at most this many tokens', wholeNumber)
    .option('--budget-usd <amount>', 'at most this much, in US dollars', amount)
    .option('--budget-deadline <duration>', 'at most this long, like 14d', duration)
    .option('--label <key=value>', 'a label that policy can read; may be repeated', label)
    .option('--wait', 'wait for the end and print the result')
    .option('--watch', 'show what it does until its end')
    .addHelpText(
      'after',
      examples(
        'perdure start invoice-desk "Check and pay the invoices in inbox/" --watch',
        'perdure start invoice-desk "Only ACME" --id acme-1 --budget-usd 2 --label team=finance --json',
        'perdure start invoice-desk - --wait < goal.txt',
      ),
    )
    .action((definition: string, input: string | undefined, options: StartOptions) =>
      run((session) => start(session, definition, input, options)),
    );
}

async function start(
  session: Session,
  agent: string,
  input: string | undefined,
  options: StartOptions,
): Promise<number | undefined> {
  const goal = input === '-' ? await readStdin() : input;
  const gateway = await session.gateway();
  const started = await gateway.start(startInput(agent, goal, options, session.user), {
    ...(options.id === undefined ? {} : { id: options.id }),
  });
  const { out } = session;
  if (!(await gateway.hasWorker()))
    out.note(`No worker polls the task queue ${session.taskQueue} yet; the agent begins when one does.`);
  if (options.watch) return watchAgent(session, started.agent);
  if (!options.wait) {
    out.data(started, () => `${started.agent} started; next: perdure watch ${started.agent}`);
    return undefined;
  }
  out.note(`${started.agent} started; waiting for its end`);
  const outcome = await gateway.result(started.agent);
  out.data({ ...started, ...outcome }, () => outcomeText(outcome));
  return outcomeExitCode(outcome);
}

export function startInput(
  agent: string,
  input: string | undefined,
  options: StartOptions,
  user: string,
): AgentStartInput {
  const budget = {
    ...(options.budgetTurns === undefined ? {} : { turns: options.budgetTurns }),
    ...(options.budgetTokens === undefined ? {} : { tokens: options.budgetTokens }),
    ...(options.budgetUsd === undefined ? {} : { usd: options.budgetUsd }),
    ...(options.budgetDeadline === undefined ? {} : { deadline: options.budgetDeadline }),
  };
  return {
    agent,
    requester: options.requester ?? user,
    ...(input === undefined ? {} : { input }),
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(Object.keys(budget).length > 0 ? { budget } : {}),
    ...(options.label ? { labels: options.label } : {}),
  };
}

async function readStdin(): Promise<string> {
  const goal = await text(process.stdin);
  if (goal.length > MAX_TEXT_CHARS)
    throw new GatewayError(
      'Invalid',
      `input: at most ${MAX_TEXT_CHARS} characters; put documents into the workspace`,
    );
  return goal.trim();
}
