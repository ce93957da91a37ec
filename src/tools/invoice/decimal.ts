import { ToolError } from '../define-tool.ts';

/** Decimals behind the point that a price or quantity may have; invoices in practice stay below six. */
const places = 10;

/** Digits before the point: keeps every amount in cents exact as a JavaScript number. */
const maxIntegerDigits = 12;

const unit = 10n ** BigInt(places);

/** An exact decimal number: an integer count of 10^-10. Money is never a binary fraction while it is calculated with. */
export type Decimal = bigint;

/** An exact amount of money in hundredths of its currency's unit. */
export type Cents = bigint;

/** Parses what XML Schema calls a decimal; `where` names the element or cell for the error. */
export function parseDecimal(text: string, where: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/u.exec(text.trim());
  const [, sign, integer = '', fraction = ''] = match ?? [];
  const significant = fraction.replace(/0+$/u, '');
  if (match === null || integer.length + fraction.length === 0) {
    throw new ToolError('Invalid', `${where} is not a decimal number: ${JSON.stringify(text.slice(0, 40))}`);
  }
  if (integer.replace(/^0+/u, '').length > maxIntegerDigits || significant.length > places) {
    throw new ToolError('Invalid', `${where} has too many digits`);
  }
  const value = BigInt(integer + significant.padEnd(places, '0'));
  return sign === '-' ? -value : value;
}

/** Parses an amount of money, which has at most two decimals. */
export function parseCents(text: string, where: string): Cents {
  const value = parseDecimal(text, where) * 100n;
  if (value % unit !== 0n) throw new ToolError('Invalid', `${where} has more than two decimals`);
  return value / unit;
}

/** Division rounded half away from zero, as EN 16931 rounds. */
function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const [above, below] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const quotient = (2n * above + below) / (2n * below);
  return negative ? -quotient : quotient;
}

/** Quantity times price per base quantity, rounded once, at the end. The base quantity must not be zero. */
export function priceOf(quantity: Decimal, price: Decimal, baseQuantity: Decimal): Cents {
  return divideRounded(quantity * price * 100n, baseQuantity * unit);
}

/** A percentage of an amount, rounded to cents. */
export function percentOf(amount: Cents, percent: Decimal): Cents {
  return divideRounded(amount * percent, 100n * unit);
}

export function decimalToNumber(value: Decimal): number {
  return Number(value) / Number(unit);
}

/** The nearest JavaScript number, for people, models and policy; never calculated with. */
export function centsToNumber(cents: Cents): number {
  return Number(cents) / 100;
}

export function formatCents(cents: Cents): string {
  const [sign, digits] = [cents < 0n ? '-' : '', String(cents < 0n ? -cents : cents).padStart(3, '0')];
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
