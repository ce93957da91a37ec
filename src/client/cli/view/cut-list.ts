interface Cut {
  readonly limit: number;
  /** The highest limit that there is, if there is one. */
  readonly most?: number;
  /** The options that make the list shorter. */
  readonly filters: string;
}

/** To be said beside a list that has as many as were asked for: whether those are all, nobody has looked. */
export function maybeMore(listed: readonly unknown[], { limit, most = Infinity, filters }: Cut): string[] {
  if (listed.length < limit) return [];
  const higher = limit < most ? 'a higher --limit shows them; or ' : '';
  return [`There may be more than these ${listed.length}: ${higher}narrow the list with ${filters}.`];
}
