import type { Colors } from '../output.ts';
import type { DescribedSchedule, ListedSchedule, ScheduleTaken } from '../../schedules/described.ts';
import { timesText } from '../../schedules/times-text.ts';
import { clean, oneLine, table } from './text.ts';
import { span, until } from './time.ts';
import { LINE_COLUMNS, valueLine } from './values.ts';

/** Times and agents beyond these are in `--json`. */
const MAX_SHOWN = 5;

export function schedulesText(listed: readonly ListedSchedule[], now: number): string {
  if (listed.length === 0)
    return 'No schedules. Create one: perdure schedule create <id> --start <definition> --every 6h';
  return table(
    ['SCHEDULE', 'STATE', 'WHEN', 'NEXT', 'LAST STARTED'],
    listed.map((schedule) => [
      clean(schedule.schedule),
      schedule.paused ? 'paused' : 'active',
      oneLine(timesText(schedule.times).join('; '), 60),
      schedule.next === undefined || schedule.paused ? '-' : until(schedule.next, now),
      clean(schedule.last?.started ?? '-'),
    ]),
  );
}

/** All of a schedule, for a person. */
export function scheduleView(schedule: DescribedSchedule, now: number, colors: Colors): string {
  const { paused, note, counts, remainingActions } = schedule;
  const state = paused ? colors.yellow('paused') : 'active';
  const rows: [string, string][] = [
    ['does', `${schedule.workflow} ${valueLine(schedule.argument, LINE_COLUMNS - 30)}`],
    ...timesText(schedule.times).map((text): [string, string] => ['when', clean(text)]),
    [
      'overlap',
      `${schedule.overlap}; catches up ${span(schedule.catchUpSeconds * 1_000)}${schedule.pauseOnFailure ? '; pauses on failure' : ''}`,
    ],
    ['so far', countsText(counts)],
  ];
  if (remainingActions !== undefined) rows.push(['left', `${remainingActions} more times`]);
  for (const time of schedule.next.slice(0, MAX_SHOWN)) rows.push(['next', until(time, now)]);
  for (const id of schedule.running.slice(0, MAX_SHOWN)) rows.push(['running', clean(id)]);
  for (const taken of schedule.recent.slice(-MAX_SHOWN)) rows.push(['started', takenText(taken, now)]);
  const head = `${colors.bold(clean(schedule.schedule))} is ${state}${note === undefined ? '' : `: ${oneLine(note, 200)}`}`;
  const lines = rows.map(([name, text], index) => {
    const label = rows[index - 1]?.[0] === name ? '' : name;
    return `  ${label.padEnd(7)}  ${text}`;
  });
  return [head, ...lines].join('\n');
}

function countsText({ taken, skippedOverlap, missedCatchUp, buffered }: DescribedSchedule['counts']): string {
  const more = [
    ...(skippedOverlap > 0 ? [`${skippedOverlap} skipped because the last one still ran`] : []),
    ...(missedCatchUp > 0 ? [`${missedCatchUp} missed`] : []),
    ...(buffered > 0 ? [`${buffered} wait for their turn`] : []),
  ];
  return [`acted ${taken} times`, ...more].join(', ');
}

function takenText({ started, takenAt }: ScheduleTaken, now: number): string {
  return `${clean(started)}, ${span(now - Date.parse(takenAt))} ago`;
}
