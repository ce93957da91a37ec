import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolContext } from '../../../src/tools/define-tool.ts';
import { examineInvoice } from '../../../src/tools/invoice/examine.ts';
import { FindingCode } from '../../../src/tools/invoice/finding.ts';
import { buildUbl, type InvoiceSpec, type LineSpec, reduced, standard } from '../../support/ubl.ts';
import { account, desk, invoice, put, removeTemporaryFolders, supplier } from '../support.ts';

const line: LineSpec = { name: 'Thing', quantity: '2', price: '50.00' };
const other = 'GB29NWBK60161331926819';
const euro = (text: string) => buildUbl(invoice()).replace(/<cbc:PayableAmount.*/u, text);

/** Each way to go wrong that the builder can spell, and what must be found: exactly that. */
const cases: [string, InvoiceSpec | string, FindingCode[]][] = [
  ['nothing', invoice(), []],
  ['line amount', invoice({ lines: [{ ...line, statedCents: 12_000 }] }), ['line_sum_wrong']],
  ['three cents in a line', invoice({ lines: [{ ...line, statedCents: 10_003 }] }), ['line_sum_wrong']],
  ['two cents in a line, as rounding allows', invoice({ lines: [{ ...line, statedCents: 10_002 }] }), []],
  [
    'base quantity ignored',
    invoice({ lines: [{ ...line, baseQuantity: '10', statedCents: 10_000 }] }),
    ['line_sum_wrong'],
  ],
  ['sum of the lines', invoice({ stated: { linesCents: 10_100 } }), ['line_sum_wrong']],
  ['amount to pay', invoice({ stated: { payableCents: 12_000 } }), ['total_wrong']],
  ['VAT of a rate', invoice({ stated: { subtotalTaxCents: 2_000 } }), ['tax_wrong']],
  ['total VAT', invoice({ stated: { taxCents: 1_901 } }), ['tax_wrong']],
  [
    'VAT on what is exempt',
    invoice({ lines: [{ ...line, tax: { category: 'E', percent: '0' } }], stated: { subtotalTaxCents: 1 } }),
    ['tax_wrong'],
  ],
  ['credit note', invoice({ typeCode: '381' }), ['credit_note']],
  ['nothing to pay', invoice({ prepaidCents: 11_900 }), ['amount_not_positive']],
  ['negative amount', invoice({ lines: [{ ...line, quantity: '-2' }] }), ['amount_not_positive']],
  [
    'unknown VAT number',
    invoice({ supplier: { name: 'Lieferant Sieben', vatId: 'DE9' } }),
    ['unknown_supplier'],
  ],
  [
    'known id with an unknown VAT number',
    invoice({ supplier: { ...supplier, vatId: 'DE9' } }),
    ['unknown_supplier'],
  ],
  ["two suppliers' numbers", invoice({ supplier: { ...supplier, id: 'L-8' } }), ['unknown_supplier']],
  ['only the VAT number', invoice({ supplier: { name: 'L7', vatId: 'DE 700 000 007' } }), []],
  ['only the name', invoice({ supplier: { name: 'Lieferant Sieben' } }), []],
  ['other account', invoice({ accounts: [other] }), ['bank_account_changed']],
  ['other account beside the known', invoice({ accounts: [account, other] }), ['bank_account_changed']],
  [
    'account written in groups',
    invoice({ accounts: [account.toLowerCase().replace(/(.{4})/gu, '$1 ')] }),
    [],
  ],
  ['no account', invoice({ accounts: [] }), ['bank_account_missing']],
  [
    'no account in the master data',
    invoice({ supplier: { name: 'Other', vatId: 'DE8' }, order: 'B-8' }),
    ['master_account_missing'],
  ],
  ['direct debit', invoice({ paymentMeans: '59' }), ['direct_debit']],
  ['other payee', invoice({ payee: 'Factoring AG' }), ['other_payee']],
  ['no order', { ...invoice(), order: '' }, ['purchase_order_missing']],
  ['unknown order', invoice({ order: 'B-2' }), ['purchase_order_unknown']],
  ["another supplier's order", invoice({ order: 'B-8' }), ['purchase_order_other_supplier']],
  ['order exceeded', invoice({ lines: [{ ...line, quantity: '17' }] }), ['purchase_order_exceeded']],
  ['order in other currency', invoice({ order: 'B-9' }), ['currency_mismatch']],
  [
    'amount in other currency',
    euro('<cbc:PayableAmount currencyID="USD">119.00</cbc:PayableAmount>'),
    ['currency_mismatch'],
  ],
  ['due yesterday', invoice({ dueDate: '2026-06-14' }), ['past_due']],
  ['due today', invoice({ dueDate: '2026-06-15' }), []],
];

async function codesOf(path: string, context: ToolContext): Promise<FindingCode[]> {
  const { findings } = await examineInvoice(path, context);
  return findings.map(({ code }) => code);
}

describe('invoice findings', () => {
  afterEach(removeTemporaryFolders);

  for (const [what, spec, codes] of cases) {
    it(`${what}: ${codes.join(', ') || 'none'}`, async () => {
      const { context } = desk({ 'a.xml': spec });
      assert.deepEqual([...new Set(await codesOf('in/a.xml', context))].sort(), codes);
    });
  }

  it('several rates, allowances, charges, base quantities, prepayment and rounding: none', async () => {
    const spec = invoice({
      lines: [
        { name: 'A', quantity: '250', price: '12.3456', baseQuantity: '100', tax: standard },
        {
          name: 'B',
          quantity: '3',
          price: '9.99',
          tax: reduced,
          adjustments: [{ isCharge: false, reason: 'x', cents: 7 }],
        },
        { name: 'C', quantity: '1', price: '10', tax: { category: 'E', percent: '0' } },
      ],
      adjustments: [
        { isCharge: true, reason: 'Freight', cents: 1_234, tax: standard },
        { isCharge: false, reason: 'Discount', cents: 55, tax: reduced },
      ],
      ...{ prepaidCents: 1_000, roundingCents: 3 },
    });
    const { context } = desk({ 'a.xml': spec });
    assert.deepEqual(await codesOf('in/a.xml', context), []);
  });

  it('duplicate: every copy but the first, however its number is spelled', async () => {
    const spelled = (number: string) => buildUbl(invoice()).replace('<cbc:ID>N-1<', `<cbc:ID>${number}<`);
    const copies = ['n-1', 'N&#45;1', 'N<!-- -->-1', '<![CDATA[N-1]]>', 'N\u20111', ' N-1\n'];
    const { context, folder } = desk({
      'b.xml': invoice(),
      'c.xml': invoice({ number: 'N-11' }),
      'd.txt': 'N-1',
    });
    const codes = (path: string) => codesOf(path, context);
    assert.deepEqual([await codes('in/b.xml'), await codes('in/c.xml')], [[], []]);
    for (const copy of copies) {
      put(folder, 'in/a.xml', spelled(copy));
      assert.deepEqual(await codes('in/b.xml'), ['duplicate'], copy);
      assert.deepEqual(await codes('in/a.xml'), [], copy);
    }
    put(folder, 'in/a.xml', buildUbl(invoice({ supplier: { name: 'Other', vatId: 'DE8' } })));
    assert.deepEqual(await codes('in/b.xml'), []);
  });

  it('already paid and order used up: from the ledger, but not by the call itself', async () => {
    const { context } = desk({ 'a.xml': invoice(), 'b.xml': invoice({ number: 'N-2' }) });
    const codes = (path: string, key: string) => codesOf(path, { ...context, key });
    context.ledger.pay({
      ...{
        key: 'k',
        invoice: 'in/a.xml',
        supplier: 'L-7',
        number: 'N-1',
        amountCents: 90_000,
        currency: 'EUR',
      },
      ...{ account, purchaseOrder: 'B-1', now: new Date() },
    });
    assert.deepEqual(await codes('in/a.xml', 'other'), ['already_paid', 'purchase_order_exceeded']);
    assert.deepEqual(await codes('in/b.xml', 'other'), ['purchase_order_exceeded']);
    assert.deepEqual(await codes('in/a.xml', 'k'), []);
  });

  it('takes the clock where no date is given, and refuses a date that is none', async () => {
    const { context, folder } = desk({ 'a.xml': invoice() });
    put(folder, 'today.txt', '2026-02-31');
    await assert.rejects(examineInvoice('in/a.xml', context), {
      type: 'Invalid',
      message: /today\.txt is not a date/u,
    });
    put(folder, 'today.txt', '2026-06-15T00:00');
    await assert.rejects(examineInvoice('in/a.xml', context), { type: 'Invalid' });
    rmSync(join(folder, 'today.txt'));
    const now = () => new Date('2026-07-01T00:00:00Z');
    assert.deepEqual(await codesOf('in/a.xml', { ...context, now }), ['past_due']);
  });

  it('is covered: each code by a case', () => {
    const elsewhere = ['duplicate', 'duplicates_unchecked', 'already_paid'];
    const covered = new Set([...cases.flatMap(([, , codes]) => codes), ...elsewhere]);
    assert.deepEqual([...covered].sort(), [...FindingCode.options].sort());
  });
});
