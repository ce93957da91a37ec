import type { Command } from 'commander';
import { GatewayError } from '../gateway-error.ts';
import { agentsFolder, readDefinitions } from '../read-definitions.ts';
import type { Applied, DefinedSchedule } from '../schedules/apply.ts';
import { scheduleIdOf } from '../schedules/schedule-id.ts';
import { examples } from './arguments.ts';
import { confirmed } from './confirm.ts';
import { checkText } from './definitions.ts';
import type { Run, Session } from './session.ts';
import { clean, table } from './view/text.ts';

export function registerScheduleApply(schedule: Command, run: Run): void {
  schedule
    .command('apply')
    .description('make the schedules of definitions what their files say: create, update, remove')
    .option('-y, --yes', 'do not ask before schedules are removed')
    .addHelpText('after', examples('perdure schedule apply', 'perdure schedule apply --yes --json'))
    .action(({ yes }: { yes?: boolean }) => run((session) => apply(session, yes ?? false)));
}

async function apply(session: Session, yes: boolean): Promise<number | undefined> {
  const defined = await definedSchedules();
  const { schedules } = await session.gateway();
  const leftOver = await schedules.leftOver(defined);
  const names = leftOver.join(', ');
  if (leftOver.length > 0 && !yes && !(await confirmed(session, `remove ${names}`))) {
    session.out.note('Nothing was changed.');
    return 1;
  }
  const applied: Change[] = await schedules.apply(defined);
  for (const schedule of leftOver) {
    await schedules.delete(schedule);
    applied.push({ schedule, change: 'removed' });
  }
  session.out.data(applied, () => appliedText(applied));
  return undefined;
}

/** A file with mistakes must not look like one that has no schedule any more. */
async function definedSchedules(): Promise<DefinedSchedule[]> {
  const read = await readDefinitions(agentsFolder());
  if (read.some(({ ok }) => !ok))
    throw new GatewayError(
      'DefinitionInvalid',
      `Definitions have mistakes, so nothing was changed.\n${checkText(read)}`,
    );
  return read.flatMap((one) => {
    if (!one.ok || one.triggers.schedule === undefined) return [];
    return [{ definition: one.definition.name, schedule: one.triggers.schedule }];
  });
}

type Change = Applied | { readonly schedule: string; readonly change: 'removed' };

function appliedText(applied: readonly Change[]): string {
  if (applied.length === 0)
    return `No definition has a schedule. One gets ${scheduleIdOf('<definition>')} from \`schedule:\` in its front matter.`;
  return table(
    ['SCHEDULE', 'CHANGE'],
    applied.map(({ schedule, change }) => [clean(schedule), change]),
  );
}
