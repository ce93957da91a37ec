import type { Command } from 'commander';
import type { Json } from '../../contracts/json.ts';
import type { AgentMessageName } from '../../contracts/messages.ts';
import { amount, duration, examples, jsonValue, wholeNumber } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { statusLine } from './view/agent-view.ts';

interface Sender {
  readonly by?: string;
  readonly revision?: number;
}

export function registerMessages(program: Command, run: Run): void {
  registerSay(program, run);
  registerEvent(program, run);
  registerIntervention(program, run, 'pause', 'start nothing new until resume');
  registerIntervention(program, run, 'resume', 'go on after a pause, a rate limit or a model outage');
  registerIntervention(program, run, 'stop', 'end gracefully after the calls in flight');
  registerExtend(program, run);
}

function registerSay(program: Command, run: Run): void {
  senderOptions(program.command('say <id> <text>'))
    .description('say something to an agent')
    .option('--message-id <id>', 'makes it safe to send the same message twice')
    .addHelpText('after', examples('perdure say a1 "Leave out the invoices of ACME"'))
    .action((id: string, text: string, { messageId, ...sender }: Sender & { messageId?: string }) =>
      run((session) =>
        send(session, id, 'message', {
          text,
          ...signed(session, sender),
          ...(messageId === undefined ? {} : { id: messageId }),
        }),
      ),
    );
}

function registerEvent(program: Command, run: Run): void {
  senderOptions(program.command('event <id> <name>'))
    .argument('[payload]', 'JSON', jsonValue)
    .description('report an event to an agent that waits for it, now or later')
    .option('--event-id <id>', 'makes it safe to report the same event twice')
    .addHelpText('after', examples(`perdure event a1 goods-received '{"order":"PO-17"}'`))
    .action((id: string, name: string, payload: Json | undefined, options: Sender & { eventId?: string }) =>
      run((session) => {
        const { eventId, ...sender } = options;
        return send(session, id, 'event', {
          name,
          ...signed(session, sender),
          ...(payload === undefined ? {} : { payload }),
          ...(eventId === undefined ? {} : { id: eventId }),
        });
      }),
    );
}

function registerIntervention(
  program: Command,
  run: Run,
  name: 'pause' | 'resume' | 'stop',
  description: string,
): void {
  senderOptions(program.command(`${name} <id>`))
    .description(description)
    .option('--reason <text>', 'kept with the change of status')
    .addHelpText('after', examples(`perdure ${name} a1 --reason "month end"`))
    .action((id: string, { reason, ...sender }: Sender & { reason?: string }) =>
      run((session) =>
        send(session, id, name, { ...signed(session, sender), ...(reason === undefined ? {} : { reason }) }),
      ),
    );
}

function registerExtend(program: Command, run: Run): void {
  senderOptions(program.command('extend <id>'))
    .description('raise the budget of an agent')
    .option('--turns <number>', 'this many more turns', wholeNumber)
    .option('--tokens <number>', 'this many more tokens', wholeNumber)
    .option('--usd <amount>', 'this much more, in US dollars', amount)
    .option('--deadline <duration>', 'this much longer, like 2d', duration)
    .addHelpText(
      'after',
      examples('perdure extend a1 --turns 50', 'perdure extend a1 --usd 2.50 --deadline 2d'),
    )
    .action((id: string, { by, revision, ...raise }: Sender & Record<string, unknown>) =>
      run((session) => {
        const sender = {
          ...(by === undefined ? {} : { by }),
          ...(revision === undefined ? {} : { revision }),
        };
        return send(session, id, 'extendBudget', { ...signed(session, sender), ...raise });
      }),
    );
}

function senderOptions(command: Command): Command {
  return command
    .option('--by <name>', 'who says so (default: you)')
    .option('--revision <number>', 'fail with a conflict when the agent has changed since', wholeNumber);
}

function signed(session: Session, sender: Sender): Sender {
  return { ...sender, by: sender.by ?? session.user };
}

async function send(
  session: Session,
  id: string,
  name: AgentMessageName,
  payload: unknown,
): Promise<undefined> {
  const status = await (await session.gateway()).send(id, name, payload);
  session.out.data(status, () => statusLine(status, Date.now()));
  return undefined;
}
