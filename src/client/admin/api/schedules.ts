import * as z from 'zod';
import { ScheduleChanged } from '../../../contracts/overview.ts';
import type { Token } from '../../../storage/tokens.ts';
import type { OperationId } from '../permissions.ts';
import { type Operation, operation } from './operation.ts';
import { requireAll } from './overview.ts';

/** Temporal keeps the note with the schedule, and shows it in lists. */
const NoteBody = z.strictObject({ note: z.string().max(1_000).optional() });
const TriggerBody = z.strictObject({});

/** Says who did it, as whoever looks at the schedule reads nothing else of it. */
function noteOf({ name }: Token, done: string, note = ''): string {
  return note === '' ? `${done} by ${name}` : `${done} by ${name}: ${note}`;
}

function change(id: OperationId, verb: 'pause' | 'resume', summary: string): Operation {
  return operation({
    ...{ id, method: 'post', path: `/schedules/:schedule/${verb}`, summary, body: NoteBody },
    answer: ScheduleChanged,
    perform: async ({ schedule, body, token }, { gateway: { schedules } }) => {
      requireAll(token);
      await schedules.requireOurs(schedule);
      await schedules[verb](schedule, noteOf(token, `${verb}d`, body.note));
      return schedules.describe(schedule);
    },
  });
}

export const scheduleOperations: readonly Operation[] = [
  change('pauseSchedule', 'pause', 'Have a schedule act no more until it is resumed'),
  change('resumeSchedule', 'resume', 'Have a schedule act again, from now on'),
  operation({
    id: 'triggerSchedule',
    method: 'post',
    path: '/schedules/:schedule/trigger',
    summary: 'Have a schedule act now, once, also when it is paused',
    body: TriggerBody,
    answer: ScheduleChanged,
    takesKey: true,
    perform: async ({ schedule, token, key }, { gateway: { schedules } }) => {
      requireAll(token);
      await schedules.requireOurs(schedule);
      await schedules.trigger(schedule, 'allow-all', key);
      return schedules.describe(schedule);
    },
  }),
];
