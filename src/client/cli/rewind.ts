import type { Command } from 'commander';
import { isNothing, type Undone } from '../../contracts/rewind.ts';
import { refuseStale } from '../stale.ts';
import { examples, wholeNumber } from './arguments.ts';
import { confirmed } from './confirm.ts';
import { checkpointOf } from './fork.ts';
import type { Run, Session } from './session.ts';
import { clean } from './view/text.ts';
import { valueLine } from './view/values.ts';

/** What was done is shown up to here; `--json` has all of it. */
const MAX_SHOWN = 20;
const MAX_ARGS_CHARS = 60;

interface RewindOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly revision?: number;
}

export function registerRewind(program: Command, run: Run): void {
  program
    .command('rewind <checkpoint>')
    .description('have the same agent go on from the end of an earlier turn: <id>@<turn>')
    .option('--reason <text>', 'kept in the history')
    .option('-y, --yes', 'leave behind what happened since, without being asked')
    .option('--revision <number>', 'fail with a conflict when the agent has changed since', wholeNumber)
    .addHelpText(
      'after',
      [
        '\nEffects stay done; decisions and messages since then are forgotten. A fork changes nothing: perdure fork.',
        examples('perdure rewind a1@12 --reason "the price list was wrong"'),
      ].join('\n'),
    )
    .action((checkpoint: string, options: RewindOptions) =>
      run((session) => rewind(session, checkpoint, options)),
    );
}

async function rewind(
  session: Session,
  checkpoint: string,
  { reason, yes = false, revision }: RewindOptions,
): Promise<number | undefined> {
  const { id, turn } = checkpointOf(checkpoint);
  const { out, user } = session;
  const agree = (undone: Undone): boolean | Promise<boolean> => {
    for (const line of undoneLines(undone)) out.note(line);
    return yes || confirmed(session, `leave that behind and go on from ${checkpoint}`);
  };
  const gateway = await session.gateway();
  await refuseStale({ status: () => gateway.status(id) }, revision);
  const rewound = await gateway.rewind(id, turn, {
    ...{ by: user, agree },
    ...(reason === undefined ? {} : { reason }),
  });
  if (!rewound) {
    out.note('Nothing was changed.');
    return 1;
  }
  out.data(
    rewound,
    () => `${clean(id)} goes on from the end of turn ${turn}; next: ${session.lineFor('watch', id)}`,
  );
  return undefined;
}

/** What people should know before they agree. */
export function undoneLines(undone: Undone): string[] {
  if (isNothing(undone)) return [];
  const { effects, decisions, messages } = undone;
  const done = effects.map(
    ({ turn, tool, args }) => `stays done: turn ${turn}: ${clean(tool)} ${valueLine(args, MAX_ARGS_CHARS)}`,
  );
  const decided = decisions.map(({ at, by, what }) => `is forgotten: ${at}: ${clean(by)}: ${clean(what)}`);
  return [
    ...bounded(done),
    ...bounded(decided),
    ...(messages === 0 ? [] : [`are forgotten: ${messages} messages and events`]),
  ];
}

function bounded(lines: readonly string[]): string[] {
  if (lines.length <= MAX_SHOWN) return [...lines];
  return [...lines.slice(0, MAX_SHOWN), `and ${lines.length - MAX_SHOWN} more`];
}
