interface Timestamp {
  readonly seconds?: { toString(): string } | null;
  readonly nanos?: number | null;
}

/** Whole milliseconds, as the SDK cuts them. Seconds are a `Long` in a history from a server, a text in one from a file. */
export function millisecondsOf(time: Timestamp | null | undefined): number {
  return Number(time?.seconds?.toString() ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}
