/** No provider's window is longer than a day, and a nonsensical header must not put an agent to sleep for years. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * How long the server asks to wait, in milliseconds, by the most exact header that it sent; undefined when it sent none that
 * makes sense. A date counts from the server's own, if it sent that too, because its clock need not be ours.
 */
export function retryAfterMs(headers: Headers | undefined, now: number): number | undefined {
  if (headers === undefined) return undefined;
  const waitMs =
    milliseconds(headers.get('retry-after-ms')) ??
    secondsOrDate(headers.get('retry-after'), dateOf(headers.get('date')) ?? now) ??
    longestReset(headers);
  if (waitMs === undefined) return undefined;
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, Math.ceil(waitMs)));
}

function milliseconds(header: string | null): number | undefined {
  return header !== null && /^\d+(\.\d+)?$/.test(header) ? Number(header) : undefined;
}

function secondsOrDate(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const seconds = milliseconds(header);
  if (seconds !== undefined) return seconds * 1000;
  const date = dateOf(header);
  return date === undefined ? undefined : date - now;
}

/** A date as HTTP spells it, or as ISO does. `Date.parse` alone finds one in nearly everything, `-5` for example. */
function dateOf(header: string | null): number | undefined {
  if (header === null || !/^([A-Z][a-z]{2,8}, ?\d|\d{4}-\d{2}-\d{2}T)/.test(header)) return undefined;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : date;
}

/** Requests and tokens have limits of their own; the one that is used up counts, or the later one if neither says so. */
function longestReset(headers: Headers): number | undefined {
  const limits = ['requests', 'tokens'].flatMap((limit) => {
    const waitMs = spelledDuration(headers.get(`x-ratelimit-reset-${limit}`));
    const usedUp = headers.get(`x-ratelimit-remaining-${limit}`) === '0';
    return waitMs === undefined ? [] : [{ waitMs, usedUp }];
  });
  const usedUp = limits.filter((limit) => limit.usedUp);
  const waits = (usedUp.length > 0 ? usedUp : limits).map((limit) => limit.waitMs);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** Reads `6m0s`, `1h2m3.5s`, `120ms`, and a bare number as seconds. */
function spelledDuration(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = milliseconds(header);
  if (seconds !== undefined) return seconds * 1000;
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(header)) return undefined;
  const parts = header.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? 's'] ?? 0), 0);
}
