import { clockText, durationText, timeText } from './duration.ts';
import { useNow } from './now.ts';

interface Props {
  /** As the API writes times. */
  readonly at: string | number;
}

/** How long ago something was. */
export function Age({ at }: Props) {
  const time = new Date(at).getTime();
  const now = useNow();
  return (
    <time dateTime={new Date(time).toISOString()} title={timeText(time)}>
      {durationText(wholeSeconds(now - time))}
    </time>
  );
}

/** How long something still has; said as a word too when it is soon or over. */
export function Countdown({ at }: Props) {
  const time = new Date(at).getTime();
  const left = time - useNow();
  const urgency = left <= 0 ? 'over' : left < SOON_MS ? 'soon' : 'later';
  return (
    <time className={`countdown ${urgency}`} dateTime={new Date(time).toISOString()} title={timeText(time)}>
      {left <= 0 ? 'expired' : `in ${durationText(wholeSeconds(left))}`}
    </time>
  );
}

/** What runs on is told to the second. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

/** An hour is about what it takes to find somebody who may decide. */
const SOON_MS = 3_600_000;

/** The point in time itself. */
export function At({ at, short = false }: Props & { readonly short?: boolean }) {
  const time = new Date(at).getTime();
  return (
    <time dateTime={new Date(time).toISOString()} title={timeText(time)}>
      {short ? clockText(time) : timeText(time)}
    </time>
  );
}
