/** Adds decimal amounts without the errors of binary fractions; an amount that is no plain decimal adds nothing. */
function addAmounts(amounts: readonly (string | number)[]): string {
  const parsed = amounts.flatMap((amount) => {
    const match = /^\s*(-?)(\d+)(?:\.(\d+))?\s*$/.exec(String(amount));
    return match === null ? [] : [{ sign: match[1] ?? '', whole: match[2] ?? '0', fraction: match[3] ?? '' }];
  });
  // Two places at least, as money is written; more only if an amount has more.
  const places = Math.max(2, ...parsed.map(({ fraction }) => fraction.length));
  const sum = parsed
    .map(({ sign, whole, fraction }) => BigInt(`${sign}${whole}${fraction.padEnd(places, '0')}`))
    .reduce((total, part) => total + part, 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** One amount as money is written. */
export function showAmount(
  amount: string | number | null | undefined,
  currency: string | null | undefined,
): string {
  if (amount === null || amount === undefined) return 'an unknown amount';
  const decimal = /^-?\d+(\.\d+)?$/.test(String(amount)) ? addAmounts([amount]) : String(amount);
  return currency ? `${decimal} ${currency}` : decimal;
}

/** The sum for each currency, in the order in which they first come. */
export function totalsByCurrency(
  entries: readonly { amount: string | number; currency: string }[],
): Record<string, string> {
  const groups = Map.groupBy(entries, (entry) => entry.currency);
  return Object.fromEntries(
    [...groups].map(([currency, group]) => [currency, addAmounts(group.map((e) => e.amount))]),
  );
}
