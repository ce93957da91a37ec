/** How long to wait after so many failures in a row: twice as long each time, up to a bound. */
export function backoff(failures: number, firstMs: number, maxMs: number): number {
  // Beyond 2^20 the bound holds anyway; the power must not overflow for an agent that failed for months.
  return Math.min(maxMs, firstMs * 2 ** Math.min(failures, 20));
}
