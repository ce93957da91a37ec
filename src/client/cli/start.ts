import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { type AgentStartInput, MAX_TEXT_CHARS } from '../../contracts/start.ts';
import { GatewayError } from '../gateway-error.ts';
import { examples } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { addStartOptions, afterStart, type StartOptions, startParts } from './start-options.ts';

export function registerStart(program: Command, run: Run): void {
  const command = program
    .command('start <definition> [input]')
    .description('start an agent; the input is its goal, - reads it from stdin');
  addStartOptions(command)
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
  return afterStart(session, gateway, started, options);
}

function startInput(
  agent: string,
  input: string | undefined,
  options: StartOptions,
  user: string,
): AgentStartInput {
  return { agent, ...startParts(options, user), ...(input === undefined ? {} : { input }) };
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
