import type { Command } from 'commander';
import type { Started } from '../../contracts/answers.ts';
import type { AgentStartInput } from '../../contracts/start.ts';
import type { Gateway } from '../gateway.ts';
import { amount, duration, label, wholeNumber } from './arguments.ts';
import { outcomeExitCode, outcomeText } from './outcome.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import { waitAndTell } from './wait.ts';
import { watchAgent } from './watch.ts';

/** What may be said of every agent that is started, whether it begins anew or where another one was. */
export interface StartOptions {
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

export function addStartOptions(command: Command): Command {
  return command
    .option('--id <id>', 'id of the agent (default: one with chance in it)')
    .option('--model <name>', "instead of the definition's models")
    .option('--requester <name>', 'who wants it (default: you)')
    .option('--budget-turns <number>', 'at most this many turns', wholeNumber)
    .option('--budget-tokens <number>', 'at most this many tokens', wholeNumber)
    .option('--budget-usd <amount>', 'at most this much, in US dollars', amount)
    .option('--budget-deadline <duration>', 'at most this long, like 14d', duration)
    .option('--label <key=value>', 'a label that policy can read; may be repeated', label)
    .option('--wait', 'wait for the end and print the result; how the status changes goes to standard error')
    .option('--watch', 'show what it does until its end');
}

/** The options as parts of the argument that agents are started with. */
export function startParts(
  options: StartOptions,
  user: string,
): Pick<AgentStartInput, 'requester' | 'model' | 'budget' | 'labels'> {
  const budget = {
    ...(options.budgetTurns === undefined ? {} : { turns: options.budgetTurns }),
    ...(options.budgetTokens === undefined ? {} : { tokens: options.budgetTokens }),
    ...(options.budgetUsd === undefined ? {} : { usd: options.budgetUsd }),
    ...(options.budgetDeadline === undefined ? {} : { deadline: options.budgetDeadline }),
  };
  return {
    requester: options.requester ?? user,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(Object.keys(budget).length > 0 ? { budget } : {}),
    ...(options.label ? { labels: options.label } : {}),
  };
}

/** Says that it was started, or stays with it until its end. */
export async function afterStart(
  session: Session,
  gateway: Gateway,
  started: Started,
  options: StartOptions,
): Promise<number | undefined> {
  const { out } = session;
  await noteWithoutWorker(session, gateway);
  if (options.watch)
    return watchAgent(session, started.agent).catch((error: unknown) => {
      out.note(`${started.agent} was started; to go on: ${session.lineFor('watch', started.agent)}`);
      throw error;
    });
  if (!options.wait) {
    out.data(started, () => `${started.agent} started; next: ${session.lineFor('watch', started.agent)}`);
    return undefined;
  }
  out.note(`${started.agent} started; waiting for its end`);
  const outcome = await waitAndTell(session, gateway, started.agent);
  out.data({ ...started, ...outcome }, () => outcomeText(outcome));
  return outcomeExitCode(outcome);
}

/** Never fails: the agent has been started, and whoever started it is to hear of it whatever can be said of workers. */
export async function noteWithoutWorker(
  { out, taskQueue }: Pick<Session, 'taskQueue'> & { out: Pick<Output, 'note'> },
  gateway: Pick<Gateway, 'hasWorker'>,
): Promise<void> {
  const hasWorker = await gateway.hasWorker().catch(() => undefined);
  if (hasWorker === false)
    out.note(`No worker polls the task queue ${taskQueue} yet; the agent begins when one does.`);
}
