const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** A size as people read it: three digits and a unit, in thousands as disks are sold. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const amount = bytes / 1_000 ** power;
  return `${power === 0 ? bytes : amount.toFixed(amount < 10 ? 1 : 0)} ${UNITS[power] ?? ''}`;
}
