/** Keeps what a pure function gave for its latest `most` different arguments; whoever gets it must not change it. */
export function memoized<Arguments extends readonly string[], Value extends object>(
  most: number,
  make: (...args: Arguments) => Value,
): (...args: Arguments) => Value {
  const known = new Map<string, Value>();
  return (...args) => {
    const key = args.join('\0');
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = make(...args);
    known.set(key, value);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return value;
  };
}
