import { type Cents, decimalToNumber, formatCents, percentOf, priceOf } from './decimal.ts';
import type { Finding, FindingCode } from './finding.ts';
import type { Adjustment, Invoice, InvoiceLine, TaxRate } from './invoice.ts';

/** Two cents: the slack of the Peppol rules (R120), because prices may be rounded before they are multiplied. */
const lineTolerance = 2n;

function sum(amounts: readonly Cents[]): Cents {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function distance(one: Cents, other: Cents): Cents {
  return one > other ? one - other : other - one;
}

function compare(code: FindingCode, what: string, stated: Cents, expected: Cents, tolerance = 0n): Finding[] {
  if (distance(stated, expected) <= tolerance) return [];
  return [{ code, message: `${what} is ${formatCents(stated)}, but should be ${formatCents(expected)}` }];
}

function checkLine(line: InvoiceLine): Finding[] {
  const expected =
    priceOf(line.quantity, line.price, line.baseQuantity) + sum(line.adjustments.map(({ amount }) => amount));
  return compare(
    'line_sum_wrong',
    `amount of line ${line.id.slice(0, 40)}`,
    line.amount,
    expected,
    lineTolerance,
  );
}

/** The sums of EN 16931 (BR-CO-10 to BR-CO-16), which are exact: every amount in them is already rounded. */
function checkTotals({ lines, adjustments, totals }: Invoice): Finding[] {
  const amounts = adjustments.map(({ amount }) => amount);
  const allowances = -sum(amounts.filter((amount) => amount < 0n));
  const charges = sum(amounts.filter((amount) => amount > 0n));
  const { net, gross } = totals;
  return [
    ...compare('line_sum_wrong', 'sum of the lines', totals.lines, sum(lines.map(({ amount }) => amount))),
    ...compare('total_wrong', 'sum of the allowances', totals.allowances, allowances),
    ...compare('total_wrong', 'sum of the charges', totals.charges, charges),
    ...compare('total_wrong', 'total without VAT', net, totals.lines - totals.allowances + totals.charges),
    ...compare('total_wrong', 'total with VAT', gross, net + totals.tax),
    ...compare('total_wrong', 'amount to be paid', totals.payable, gross - totals.prepaid + totals.rounding),
  ];
}

function rateKey(rate: TaxRate): string {
  return `${rate.category} ${String(decimalToNumber(rate.percent))} %`;
}

interface TaxGroup {
  readonly rate: TaxRate;
  taxable: Cents;
  lines: bigint;
}

/** What the lines, allowances and charges say about each rate; `undefined` when one of them states no rate. */
function groupByRate(invoice: Invoice): Map<string, TaxGroup> | undefined {
  const groups = new Map<string, TaxGroup>();
  for (const item of [...invoice.lines, ...invoice.adjustments] satisfies Adjustment[]) {
    if (item.tax === undefined) return undefined;
    const key = rateKey(item.tax);
    const group = groups.get(key) ?? { rate: item.tax, taxable: 0n, lines: 0n };
    groups.set(key, { rate: group.rate, taxable: group.taxable + item.amount, lines: group.lines + 1n });
  }
  return groups;
}

function checkGroups(invoice: Invoice, groups: ReadonlyMap<string, TaxGroup>): Finding[] {
  const taxes = invoice.taxes ?? [];
  const keys = new Set([...groups.keys(), ...taxes.map(({ rate }) => rateKey(rate))]);
  return [...keys].flatMap((key) => {
    const stated = taxes.filter(({ rate }) => rateKey(rate) === key);
    const group = groups.get(key);
    const [taxable, tax] = [sum(stated.map((one) => one.taxable)), sum(stated.map((one) => one.tax))];
    const percent = group?.rate.percent ?? stated[0]?.rate.percent ?? 0n;
    // Half a cent for each line, because some systems round the VAT of every line, and one for the final rounding.
    const tolerance = (group?.lines ?? 0n) / 2n + 1n;
    return [
      ...compare('tax_wrong', `amount that VAT ${key} is due on`, taxable, group?.taxable ?? 0n),
      ...compare(
        'tax_wrong',
        `VAT ${key}`,
        tax,
        percentOf(taxable, percent),
        percent === 0n ? 0n : tolerance,
      ),
    ];
  });
}

function checkTax(invoice: Invoice): Finding[] {
  if (invoice.taxes === undefined) return [{ code: 'tax_wrong', message: 'there is no VAT breakdown' }];
  const groups = groupByRate(invoice);
  if (groups === undefined) {
    return [{ code: 'tax_wrong', message: 'a line, allowance or charge states no VAT category' }];
  }
  const total = sum(invoice.taxes.map(({ tax }) => tax));
  return [...compare('tax_wrong', 'total VAT', invoice.totals.tax, total), ...checkGroups(invoice, groups)];
}

/** Calculates an invoice anew from its lines and reports every number that does not follow. */
export function checkArithmetic(invoice: Invoice): Finding[] {
  return [...invoice.lines.flatMap(checkLine), ...checkTotals(invoice), ...checkTax(invoice)];
}
