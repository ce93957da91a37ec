/** The time of the current activation, in milliseconds since the epoch: the SDK replaces the clock, so replay agrees, but for what local steps add to it. */
export function workflowTime(): number {
  // oxlint-disable-next-line no-restricted-properties -- The one place where workflow code reads the SDK's deterministic clock.
  return Date.now();
}
