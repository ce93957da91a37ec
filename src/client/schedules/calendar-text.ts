import type proto from '@temporalio/proto';

type Calendar = proto.temporal.api.schedule.v1.IStructuredCalendarSpec;
type Range = proto.temporal.api.schedule.v1.IRange;

/** A calendar of the server as a cron text: 5 fields, 6 if it names years, 7 if it names seconds too. */
export function calendarText({
  second,
  minute,
  hour,
  dayOfMonth,
  month,
  dayOfWeek,
  year,
  comment,
}: Calendar): string {
  const seconds = fieldText(second, 0, 59, '0');
  const years = fieldText(year, 2_000, 2_100, '*');
  const five = [
    fieldText(minute, 0, 59, '0'),
    fieldText(hour, 0, 23, '0'),
    fieldText(dayOfMonth, 1, 31, '*'),
    fieldText(month, 1, 12, '*'),
    fieldText(dayOfWeek, 0, 6, '*'),
  ];
  const fields = seconds === '0' ? (years === '*' ? five : [...five, years]) : [seconds, ...five, years];
  return `${fields.join(' ')}${comment ? ` # ${comment}` : ''}`;
}

/** The server leaves out an end that is the start, and a step of one. */
function fieldText(
  ranges: readonly Range[] | null | undefined,
  min: number,
  max: number,
  none: string,
): string {
  if (!ranges || ranges.length === 0) return none;
  return ranges
    .map((range) => {
      const { start, step } = { start: range.start ?? 0, step: Math.max(range.step ?? 1, 1) };
      const end = Math.max(range.end ?? 0, start);
      const every = step === 1 ? '' : `/${step}`;
      if (start === min && end >= max) return `*${every}`;
      return end === start ? String(start) : `${start}-${end}${every}`;
    })
    .join(',');
}
