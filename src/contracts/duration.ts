import * as z from 'zod';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const short = /^(\d+(?:\.\d+)?)(s|m|h|d)$/;
const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** A timer beyond this is a mistake rather than a plan: Temporal would keep it, people would not remember it. */
export const MAX_DURATION_MS = 366 * unitMs.d;

/** `90s`, `10m`, `2d` or ISO 8601 without months and years (their length is not fixed), in milliseconds; undefined when it is neither. */
export function parseDuration(text: string): number | undefined {
  const plain = short.exec(text);
  if (plain) return bounded(Number(plain[1]) * unitMs[plain[2] as keyof typeof unitMs]); // The pattern admits only these units.
  const parts = iso.exec(text);
  if (!parts || text.endsWith('P') || text.endsWith('T')) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part));
  const amount = (value: number): number => (Number.isNaN(value) ? 0 : value);
  return bounded(
    (amount(weeks) * 7 + amount(days)) * unitMs.d +
      amount(hours) * unitMs.h +
      amount(minutes) * unitMs.m +
      amount(seconds) * unitMs.s,
  );
}

function bounded(ms: number): number | undefined {
  return ms >= 1 && ms <= MAX_DURATION_MS ? Math.round(ms) : undefined;
}

/** A duration as people write it; at most a year. */
export const Duration = z.string().refine((text) => parseDuration(text) !== undefined, {
  message: 'a duration like 90s, 10m, 2d or PT1H30M, longer than zero and at most 366d',
});

/** Milliseconds of a duration that `Duration` has accepted. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new RangeError(`not a duration: ${text}`);
  return ms;
}
