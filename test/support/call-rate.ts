/** The most moments that lie within any stretch of this length, its end not included. */
export function mostWithin(moments: readonly number[], lengthMs: number): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [at, moment] of sorted.entries()) {
    while (moment - (sorted[first] ?? moment) >= lengthMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}
