import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { ToolError } from '../../../src/tools/define-tool.ts';
import { parseUbl } from '../../../src/tools/invoice/ubl.ts';
import { buildUbl } from '../../support/ubl.ts';
import { assess, desk, invoice, removeTemporaryFolders, run } from '../support.ts';

const good = buildUbl(invoice());
const invalid = (text: string, message: RegExp) => {
  assert.throws(() => parseUbl(text, 'a.xml'), { name: 'ToolError', type: 'Invalid', message });
};

describe('a hostile or broken invoice', () => {
  afterEach(removeTemporaryFolders);

  it('can not expand entities', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
      '',
    );
    const head = `<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY l0 "lol">${laughs}]>`;
    invalid(`${head}<Invoice><ID>&l9;</ID></Invoice>`, /document type/u);
  });

  it('can not name other files', () => {
    invalid(`<!doctype x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${good}`, /document type/u);
    invalid(
      good.replace('<Invoice', '<!DOCTYPE Invoice SYSTEM "http://x.example/a.dtd"><Invoice'),
      /document type/u,
    );
  });

  it('can not nest deeply, nor hold a million tags', () => {
    invalid('<a>'.repeat(100_000) + '</a>'.repeat(100_000), /well-formed|more than/u);
    invalid('<a>'.repeat(60) + '</a>'.repeat(60), /well-formed/u);
    invalid(`<Invoice>${'<a/>'.repeat(1_000_000)}</Invoice>`, /more than 200000 tags/u);
  });

  it('can not be too large', async () => {
    const { context } = desk({ 'a.xml': good + ' '.repeat(6 * 1024 * 1024) });
    await assert.rejects(run('read_invoice', { path: 'in/a.xml' }, context), {
      type: 'Invalid',
      message: /larger/u,
    });
  });

  it('is no invoice', () => {
    const texts = [
      '',
      ' ',
      'hello',
      '{"a":1}',
      '<a/>',
      '<a/><b/>',
      '<Invoice>',
      '<Invoice/>',
      '\0',
      '<Invoice><__proto__/></Invoice>',
    ];
    for (const text of texts) invalid(text, /./u);
  });

  it('names the element that is missing, doubled or odd', () => {
    const change = (from: RegExp, to: string): string => {
      assert.match(good, from);
      return good.replace(from, to);
    };
    invalid(change(/<cbc:PayableAmount.*/u, ''), /Invoice\/LegalMonetaryTotal\/PayableAmount is missing/u);
    invalid(change(/(<cbc:PayableAmount.*)/u, '$1$1'), /PayableAmount is there more than once/u);
    invalid(
      change(/(<cbc:PayableAmount.*)/u, '$1<x:PayableAmount xmlns:x="x">1</x:PayableAmount>'),
      /more than once/u,
    );
    invalid(change(/119.00<\/cbc:Payable/u, '1e9</cbc:Payable'), /PayableAmount is not a decimal/u);
    invalid(
      change(/119.00<\/cbc:Payable/u, '119.001</cbc:Payable'),
      /PayableAmount has more than two decimals/u,
    );
    invalid(change(/119.00<\/cbc:Payable/u, '9999999999999.00</cbc:Payable'), /too many digits/u);
    invalid(change(/119.00<\/cbc:Payable/u, '<b>1</b>19.00</cbc:Payable'), /should hold text/u);
    invalid(change(/119.00<\/cbc:Payable/u, 'NaN</cbc:Payable'), /not a decimal/u);
    invalid(change(/<cbc:IssueDate>.*</u, '<cbc:IssueDate>2026-13-01<'), /IssueDate is not a date/u);
    invalid(change(/<cbc:DocumentCurrencyCode>EUR/u, '<cbc:DocumentCurrencyCode>€'), /CurrencyCode is not/u);
    invalid(
      change(/<cbc:PriceAmount/u, '<cbc:BaseQuantity>0</cbc:BaseQuantity><cbc:PriceAmount'),
      /BaseQuantity/u,
    );
    invalid(change(/<cac:InvoiceLine>[\s\S]*<\/cac:InvoiceLine>/u, ''), /has no InvoiceLine/u);
    invalid(change(/<cbc:ID>N-1</u, '<cbc:ID> <'), /Invoice\/ID is empty/u);
  });

  it('is recognised as a credit note', () => {
    const note = good
      .replaceAll('InvoiceLine', 'CreditNoteLine')
      .replaceAll('InvoicedQuantity', 'CreditedQuantity')
      .replace('<Invoice ', '<CreditNote ')
      .replace('</Invoice>', '</CreditNote>');
    assert.equal(parseUbl(note, 'a.xml').isCreditNote, true);
  });

  it('decodes character references and keeps what CDATA says', () => {
    const text = good.replace('<cbc:ID>N-1<', '<cbc:ID>A&#38;&#x42; &amp;amp; <![CDATA[&lt;]]><');
    assert.equal(parseUbl(text, 'a.xml').number, 'A&B &amp; &lt;');
  });

  it('never throws anything but a ToolError, wherever it is cut or changed', () => {
    const mutation = fc.record({
      at: fc.nat(good.length),
      drop: fc.nat(60),
      insert: fc.string({ maxLength: 8 }),
    });
    fc.assert(
      fc.property(mutation, ({ at, drop, insert }) => {
        try {
          parseUbl(good.slice(0, at) + insert + good.slice(at + drop), 'a.xml');
        } catch (error) {
          if (!(error instanceof ToolError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives facts of the usual types, so that policy can refuse it', async () => {
    const { context } = desk({ 'a.xml': 'no xml', 'b.xml': good });
    const kinds = (facts: object) => Object.entries(facts).map(([name, value]) => [name, typeof value]);
    const readable = await assess('pay_invoice', { invoice: 'in/b.xml' }, context);
    for (const path of ['in/a.xml', 'in/missing.xml', '../x', '/etc/passwd', 'in']) {
      const facts = await assess('pay_invoice', { invoice: path }, context);
      assert.equal(facts['readable'], false);
      assert.notEqual(facts['problem'], '');
      assert.deepEqual(kinds(facts), kinds(readable));
      await assert.rejects(run('pay_invoice', { invoice: path }, context), { name: 'ToolError' });
    }
    assert.deepEqual(context.ledger.payments(), []);
  });
});
