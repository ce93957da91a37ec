import { type Command, Option } from 'commander';
import { Overlap } from '../../contracts/schedule.ts';
import { examples } from './arguments.ts';
import { confirmed } from './confirm.ts';
import { registerScheduleApply } from './schedule-apply.ts';
import { registerScheduleCreate } from './schedule-create.ts';
import type { Run, Session } from './session.ts';
import { schedulesText, scheduleView } from './view/schedule-view.ts';

export function registerSchedule(program: Command, run: Run): void {
  const schedule = program
    .command('schedule')
    .description('start agents by the clock, or speak to them; on Temporal schedules');
  registerScheduleCreate(schedule, run);
  registerReading(schedule, run);
  registerChange(schedule, run, 'pause', 'let it act no more until it is resumed');
  registerChange(schedule, run, 'resume', 'let it act again, from now on');
  schedule
    .command('trigger <schedule>')
    .description('act now, once, also when it is paused')
    .addOption(new Option('--overlap <policy>', 'if what it started still runs').choices(Overlap.options))
    .addHelpText('after', examples('perdure schedule trigger nightly'))
    .action((id: string, { overlap }: { overlap?: Overlap }) =>
      run(async (session) => {
        await (await session.gateway()).schedules.trigger(id, overlap ?? 'allow-all');
        session.out.data({ schedule: id, triggered: true }, () => `${id} acts now`);
        return undefined;
      }),
    );
  schedule
    .command('delete <schedule>')
    .description('remove a schedule; what it has started goes on')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('perdure schedule delete nightly --yes'))
    .action((id: string, { yes }: { yes?: boolean }) => run((session) => remove(session, id, yes ?? false)));
  registerScheduleApply(schedule, run);
}

function registerReading(schedule: Command, run: Run): void {
  schedule
    .command('list')
    .description('schedules that start agents or speak to them')
    .addHelpText('after', examples('perdure schedule list', 'perdure schedule list --json'))
    .action(() =>
      run(async (session) => {
        const listed = await (await session.gateway()).schedules.list();
        session.out.data(listed, () => schedulesText(listed, Date.now()));
        return undefined;
      }),
    );
  schedule
    .command('describe <schedule>')
    .description('what it does and when, the next times, and what it started')
    .addHelpText('after', examples('perdure schedule describe nightly'))
    .action((id: string) =>
      run(async (session) => {
        const described = await (await session.gateway()).schedules.describe(id);
        session.out.data(described, () => scheduleView(described, Date.now(), session.out.colors));
        return undefined;
      }),
    );
}

function registerChange(schedule: Command, run: Run, change: 'pause' | 'resume', description: string): void {
  schedule
    .command(`${change} <schedule>`)
    .description(description)
    .option('--note <text>', 'why; kept with the schedule until the next note')
    .addHelpText('after', examples(`perdure schedule ${change} nightly --note "month end"`))
    .action((id: string, { note }: { note?: string }) =>
      run(async (session) => {
        const { schedules } = await session.gateway();
        await schedules[change](id, note ?? `${change}d by ${session.user}`);
        const described = await schedules.describe(id);
        session.out.data(described, () => scheduleView(described, Date.now(), session.out.colors));
        return undefined;
      }),
    );
}

async function remove(session: Session, id: string, yes: boolean): Promise<number | undefined> {
  if (!yes && !(await confirmed(session, `delete the schedule ${id}`))) {
    session.out.note('Nothing was deleted.');
    return 1;
  }
  await (await session.gateway()).schedules.delete(id);
  session.out.data({ schedule: id, deleted: true }, () => `${id} is deleted`);
  return undefined;
}
