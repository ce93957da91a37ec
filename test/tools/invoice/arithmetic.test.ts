import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { checkArithmetic } from '../../../src/tools/invoice/arithmetic.ts';
import {
  centsToNumber,
  parseCents,
  parseDecimal,
  percentOf,
  priceOf,
} from '../../../src/tools/invoice/decimal.ts';
import { parseUbl } from '../../../src/tools/invoice/ubl.ts';
import {
  type AdjustmentSpec,
  buildUbl,
  type InvoiceSpec,
  type LineSpec,
  totalsOf,
} from '../../support/ubl.ts';
import { invoice } from '../support.ts';

const tax = fc.constantFrom(
  { category: 'S', percent: '19' },
  { category: 'S', percent: '5.5' },
  { category: 'S', percent: '25.00' },
  { category: 'AE', percent: '0' },
);
const decimal = (max: number, places: number) =>
  fc
    .tuple(fc.nat(max), fc.nat(10 ** places - 1))
    .map(([whole, part]) => `${whole}.${String(part).padStart(places, '0')}`);
const adjustment: fc.Arbitrary<AdjustmentSpec> = fc.record({
  ...{ isCharge: fc.boolean(), reason: fc.constant('x'), cents: fc.nat(5_000), tax },
});
const line: fc.Arbitrary<LineSpec> = fc.record({
  ...{ name: fc.constant('Thing'), quantity: decimal(500, 3), price: decimal(2_000, 4) },
  ...{ baseQuantity: fc.constantFrom('1', '3', '100', '0.5'), tax },
  adjustments: fc.array(adjustment, { maxLength: 2 }),
});
const spec: fc.Arbitrary<InvoiceSpec> = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 8 }),
    adjustments: fc.array(adjustment, { maxLength: 3 }),
    ...{ prepaidCents: fc.nat(10_000), roundingCents: fc.integer({ min: -50, max: 50 }) },
  })
  .map((changes) => invoice(changes));

const check = (one: InvoiceSpec) => checkArithmetic(parseUbl(buildUbl(one), 'a.xml'));

describe('invoice arithmetic', () => {
  it('finds nothing in what was calculated rightly', () => {
    fc.assert(
      fc.property(spec, (one) => {
        assert.deepEqual(check(one), []);
      }),
      { numRuns: 300 },
    );
  });

  it('finds every amount to pay that is one cent off', () => {
    fc.assert(
      fc.property(spec, fc.constantFrom(-1, 1), (one, off) => {
        const codes = check({ ...one, stated: { payableCents: totalsOf(one).payable + off } }).map(
          ({ code }) => code,
        );
        assert.deepEqual(codes, ['total_wrong']);
      }),
      { numRuns: 100 },
    );
  });

  it('rounds half away from zero', () => {
    const price = (quantity: string, one: string, base = '1') =>
      priceOf(parseDecimal(quantity, 'q'), parseDecimal(one, 'p'), parseDecimal(base, 'b'));
    assert.equal(price('1', '0.005'), 1n);
    assert.equal(price('-1', '0.005'), -1n);
    assert.equal(price('1', '0.0049999999'), 0n);
    assert.equal(price('1', '1.00', '3'), 33n);
    assert.equal(price('3', '1.115'), 335n);
    assert.equal(percentOf(50n, parseDecimal('19', 'p')), 10n);
    assert.equal(percentOf(-50n, parseDecimal('19', 'p')), -10n);
  });

  it('parses what XML Schema calls a decimal, exactly', () => {
    const cents = ['1', '1.', '.5', '-0.01', '+2.50', '0001.10', ' 3 ', '1.1000'].map((text) =>
      parseCents(text, 'x'),
    );
    assert.deepEqual(cents, [100n, 100n, 50n, -1n, 250n, 110n, 300n, 110n]);
    for (const text of ['', '.', '-', '1,5', '1e2', '0x1', '1.2.3', '١', '1 000', '1.005']) {
      assert.throws(() => parseCents(text, 'x'), { type: 'Invalid' }, text);
    }
    assert.equal(centsToNumber(99_999_999_999_999n), 999_999_999_999.99);
  });
});
