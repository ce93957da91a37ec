interface Round<Value> {
  readonly running: Promise<Value>;
  /** For all who asked while this round was running: what it finds may be older than their question. */
  next?: Promise<Value>;
}

/**
 * Lets any number of callers share what is done once. Each gets the outcome of a round that began after they asked, so nobody is
 * told anything that was no longer so; for one key there is one round at a time.
 */
export function coalesced<Value>(act: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const rounds = new Map<string, Round<Value>>();
  const begin = (key: string): Promise<Value> => {
    const round: Round<Value> = { running: act(key) };
    rounds.set(key, round);
    const end = (): void => {
      if (round.next === undefined) rounds.delete(key);
    };
    round.running.then(end, end);
    return round.running;
  };
  return (key) => {
    const round = rounds.get(key);
    if (round === undefined) return begin(key);
    const again = (): Promise<Value> => begin(key);
    return (round.next ??= round.running.then(again, again));
  };
}
