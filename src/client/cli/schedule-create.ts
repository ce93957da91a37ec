import { type Command, Option } from 'commander';
import type { Json, JsonObject } from '../../contracts/json.ts';
import { Overlap } from '../../contracts/schedule.ts';
import { GatewayError } from '../gateway-error.ts';
import type { ScheduleAction } from '../schedules/schedule-options.ts';
import { duration, examples, jsonObject, jsonValue, wholeNumber } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { scheduleView } from './view/schedule-view.ts';

interface CreateOptions {
  readonly start?: string;
  readonly input?: string;
  readonly agent?: string;
  readonly text?: string;
  readonly event?: string;
  readonly payload?: Json;
  readonly cron?: readonly string[];
  readonly calendar?: readonly JsonObject[];
  readonly every?: string;
  readonly offset?: string;
  readonly timeZone?: string;
  readonly jitter?: string;
  readonly startAt?: string;
  readonly endAt?: string;
  readonly overlap?: Overlap;
  readonly catchUp?: string;
  readonly pauseOnFailure?: boolean;
  readonly note?: string;
  readonly remaining?: number;
  readonly paused?: boolean;
}

export function registerScheduleCreate(schedule: Command, run: Run): void {
  const command = schedule
    .command('create <schedule>')
    .description('start agents of a definition by the clock, or speak to an agent')
    .option('--start <definition>', 'a new agent each time; with --agent, the agent if it is not there')
    .option('--input <text>', 'the goal of an agent that it starts')
    .option('--agent <id>', 'speak to this agent instead')
    .option('--text <text>', 'what to say to it')
    .option('--event <name>', 'or the event to report to it')
    .option('--payload <json>', 'with the event', jsonValue);
  timingOptions(command)
    .option('--note <text>', 'for people')
    .option('--remaining <number>', 'act this often at most', wholeNumber)
    .option('--paused', 'let it act only once it is resumed')
    .addHelpText(
      'after',
      examples(
        'perdure schedule create nightly --start invoice-desk --input "Pay what came in" --cron "0 7 * * 1-5" --time-zone Europe/Berlin',
        'perdure schedule create pulse --agent desk-main --text "What is new?" --start invoice-desk --every 6h --jitter 5m',
      ),
    )
    .action((id: string, options: CreateOptions) => run((session) => create(session, id, options)));
}

function timingOptions(command: Command): Command {
  return command
    .option(
      '--cron <text>',
      'minute hour day month weekday; may be repeated',
      collected<string>((text) => text),
    )
    .option('--calendar <json>', 'the same by fields; may be repeated', collected(jsonObject))
    .option('--every <duration>', 'like 6h', duration)
    .option('--offset <duration>', 'this much later than the multiples of --every', duration)
    .option('--time-zone <name>', 'for --cron and --calendar, like Europe/Berlin (default: UTC)')
    .option('--jitter <duration>', 'up to this much later, by chance', duration)
    .option('--start-at <time>', 'not before, like 2026-12-01T00:00:00Z')
    .option('--end-at <time>', 'not after')
    .addOption(
      new Option('--overlap <policy>', 'if what it started last still runs (default: skip)').choices(
        Overlap.options,
      ),
    )
    .option('--catch-up <duration>', 'make up for what was missed within this (default: 1d)', duration)
    .option('--pause-on-failure', 'pause when what it started fails');
}

async function create(session: Session, id: string, options: CreateOptions): Promise<undefined> {
  const action = actionOf(id, options, session.user);
  const { cron, calendar, every, offset, timeZone, jitter, startAt, endAt, overlap, catchUp } = options;
  const timing = { cron, calendar, every, offset, timeZone, jitter, startAt, endAt, overlap, catchUp };
  const { pauseOnFailure, note, paused, remaining } = options;
  const gateway = await session.gateway();
  const described = await gateway.schedules.create({
    id,
    action,
    timing: { ...timing, pauseOnFailure, note },
    ...(paused === undefined ? {} : { paused }),
    ...(remaining === undefined ? {} : { remainingActions: remaining }),
  });
  session.out.data(described, () => scheduleView(described, Date.now(), session.out.colors));
  return undefined;
}

function actionOf(id: string, options: CreateOptions, user: string): ScheduleAction {
  const { start: definition, input, agent, text, event, payload } = options;
  const start =
    definition === undefined
      ? undefined
      : { agent: definition, requester: user, ...(input === undefined ? {} : { input }) };
  if (agent === undefined) {
    if (start === undefined) throw new GatewayError('Invalid', 'Say what it does: --start, or --agent.');
    if ((text ?? event ?? payload) !== undefined)
      throw new GatewayError('Invalid', '--text, --event and --payload are for --agent.');
    return { kind: 'start', start };
  }
  if (input !== undefined && start === undefined)
    throw new GatewayError('Invalid', '--input is for --start.');
  if ((text === undefined) === (event === undefined))
    throw new GatewayError('Invalid', 'Say --text or --event, one of them.');
  return {
    kind: 'message',
    message: {
      agent,
      by: `schedule ${id}`,
      ...(text === undefined ? {} : { text }),
      ...(event === undefined
        ? {}
        : { event: { name: event, ...(payload === undefined ? {} : { payload }) } }),
      ...(start === undefined ? {} : { start }),
    },
  };
}

function collected<Value>(parse: (text: string) => Value) {
  return (text: string, before: readonly Value[] = []): readonly Value[] => [...before, parse(text)];
}
