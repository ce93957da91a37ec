import { span } from '../cli/view/time.ts';
import type { ScheduleTimes } from './described.ts';

/** When a schedule acts, as people say it. */
export function timesText({
  calendars,
  intervals,
  excluded,
  timeZone,
  jitterSeconds,
  startAt,
  endAt,
}: ScheduleTimes): string[] {
  const jitter = jitterSeconds > 0 ? [`up to ${span(jitterSeconds * 1_000)} later by chance`] : [];
  return [
    ...calendars.map((text) => `${text} (${timeZone})`),
    ...intervals.map(({ everySeconds, offsetSeconds }) => {
      const offset = offsetSeconds > 0 ? `, ${offsetSeconds} s later` : '';
      return `every ${exactSpan(everySeconds)}${offset}`;
    }),
    ...excluded.map((text) => `not ${text}`),
    ...jitter,
    ...(startAt === undefined ? [] : [`from ${startAt}`]),
    ...(endAt === undefined ? [] : [`until ${endAt}`]),
  ];
}

/** In the largest unit that says it exactly. */
function exactSpan(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const;
  const unit = units.find(([, size]) => seconds % size === 0);
  return unit ? `${seconds / unit[1]} ${unit[0]}` : `${seconds} s`;
}
