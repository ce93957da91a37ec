import { ToolError } from '../define-tool.ts';
import { parseDate } from './date.ts';
import { type Cents, type Decimal, parseCents, parseDecimal } from './decimal.ts';
import {
  type Adjustment,
  type Invoice,
  type InvoiceLine,
  normaliseAccount,
  type SupplierClaim,
  type TaxRate,
  type TaxSubtotal,
  type Totals,
} from './invoice.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** An invoice with more lines than this is checked by a person with other means. */
const maxLines = 1_000;

/** Codes of UNCL 1001 that take money back rather than ask for it. */
const creditNoteCodes = new Set([
  '81',
  '83',
  '261',
  '262',
  '296',
  '308',
  '381',
  '396',
  '420',
  '458',
  '502',
  '503',
  '532',
]);

/** Codes of UNCL 4461 by which the supplier collects the money himself: paying as well would pay twice. */
const directDebitCodes = new Set(['49', '59']);

const one = parseDecimal('1', 'one');

function centsIn(element: XmlElement): Cents {
  return parseCents(element.text, element.path);
}

function optionalCents(parent: XmlElement, name: string): Cents {
  const element = parent.find(name);
  return element === undefined ? 0n : centsIn(element);
}

function optionalDecimal(parent: XmlElement, fallback: Decimal, ...names: readonly string[]): Decimal {
  const element = parent.find(...names);
  return element === undefined ? fallback : parseDecimal(element.text, element.path);
}

function readRate(category: XmlElement | undefined): TaxRate | undefined {
  if (category === undefined) return undefined;
  return { category: category.requireText('ID'), percent: optionalDecimal(category, 0n, 'Percent') };
}

function readAdjustment(element: XmlElement): Adjustment {
  const indicator = element.requireText('ChargeIndicator');
  if (!['true', 'false', '1', '0'].includes(indicator)) {
    throw new ToolError('Invalid', `${element.path}/ChargeIndicator is neither true nor false`);
  }
  const isCharge = indicator === 'true' || indicator === '1';
  const amount = centsIn(element.require('Amount'));
  return { amount: isCharge ? amount : -amount, tax: readRate(element.find('TaxCategory')) };
}

function readLine(element: XmlElement, quantityName: string): InvoiceLine {
  const quantity = element.require(quantityName);
  const price = element.require('Price', 'PriceAmount');
  const baseQuantity = optionalDecimal(element, one, 'Price', 'BaseQuantity');
  if (baseQuantity <= 0n)
    throw new ToolError('Invalid', `${element.path}/Price/BaseQuantity is not positive`);
  return {
    id: element.requireText('ID'),
    description: element.textAt('Item', 'Name') || (element.find('Item')?.all('Description')[0]?.text ?? ''),
    quantity: parseDecimal(quantity.text, quantity.path),
    price: parseDecimal(price.text, price.path),
    baseQuantity,
    adjustments: element.all('AllowanceCharge').map(readAdjustment),
    amount: centsIn(element.require('LineExtensionAmount')),
    tax: readRate(element.require('Item').find('ClassifiedTaxCategory')),
  };
}

function readSupplier(root: XmlElement): SupplierClaim {
  const party = root.require('AccountingSupplierParty', 'Party');
  const legal = party.find('PartyLegalEntity');
  // A supplier may state a tax number for other taxes beside the VAT one.
  const schemes = party.all('PartyTaxScheme');
  const vat =
    schemes.find((scheme) => scheme.textAt('TaxScheme', 'ID').toUpperCase() === 'VAT') ?? schemes[0];
  const ids = [
    ...party.all('PartyIdentification').map((id) => id.textAt('ID')),
    legal?.textAt('CompanyID') ?? '',
  ];
  return {
    name: legal?.textAt('RegistrationName') || party.textAt('PartyName', 'Name') || 'unnamed',
    vatId: normaliseAccount(vat?.textAt('CompanyID') ?? ''),
    ids: ids.filter((id) => id !== ''),
  };
}

/** The VAT total in the invoice's currency; a second one may restate it in the currency of the accounts. */
function readTaxTotal(root: XmlElement, currency: string): XmlElement | undefined {
  const totals = root.all('TaxTotal').filter((total) => {
    return total.require('TaxAmount').attribute('currencyID') === currency;
  });
  if (totals.length > 1)
    throw new ToolError('Invalid', `${root.path}/TaxTotal is there twice in ${currency}`);
  return totals[0];
}

function readSubtotal(element: XmlElement): TaxSubtotal {
  const category = element.require('TaxCategory');
  return {
    rate: readRate(category) ?? { category: '', percent: 0n },
    taxable: centsIn(element.require('TaxableAmount')),
    tax: centsIn(element.require('TaxAmount')),
  };
}

function readTotals(root: XmlElement, taxTotal: XmlElement | undefined): Totals {
  const totals = root.require('LegalMonetaryTotal');
  return {
    lines: centsIn(totals.require('LineExtensionAmount')),
    allowances: optionalCents(totals, 'AllowanceTotalAmount'),
    charges: optionalCents(totals, 'ChargeTotalAmount'),
    net: centsIn(totals.require('TaxExclusiveAmount')),
    tax: taxTotal === undefined ? 0n : optionalCents(taxTotal, 'TaxAmount'),
    gross: centsIn(totals.require('TaxInclusiveAmount')),
    prepaid: optionalCents(totals, 'PrepaidAmount'),
    rounding: optionalCents(totals, 'PayableRoundingAmount'),
    payable: centsIn(totals.require('PayableAmount')),
  };
}

/** Currencies of the amounts that decide what is paid, where they are not the document's. */
function otherCurrencies(root: XmlElement, lines: readonly XmlElement[], currency: string): string[] {
  const totals = root.require('LegalMonetaryTotal');
  const amounts = [
    ...[
      'LineExtensionAmount',
      'TaxExclusiveAmount',
      'TaxInclusiveAmount',
      'PrepaidAmount',
      'PayableAmount',
    ].map((name) => totals.find(name)),
    ...lines.map((line) => line.find('LineExtensionAmount')),
  ].filter((amount) => amount !== undefined);
  return [...new Set(amounts.map((amount) => amount.attribute('currencyID')))].filter(
    (id) => id !== currency,
  );
}

function readDueDate(root: XmlElement): string {
  const stated = [
    root.find('DueDate'),
    ...root.all('PaymentMeans').map((means) => means.find('PaymentDueDate')),
  ];
  const element = stated.find((date) => date !== undefined && date.text !== '');
  return element === undefined ? '' : parseDate(element.text, element.path);
}

function readInvoice(root: XmlElement, path: string): Invoice {
  const isCreditNote = root.path === 'CreditNote' || creditNoteCodes.has(root.textAt('InvoiceTypeCode'));
  const lines = root.all(`${root.path}Line`);
  if (lines.length === 0) throw new ToolError('Invalid', `${root.path} has no ${root.path}Line`);
  if (lines.length > maxLines) throw new ToolError('Invalid', `${path} has more than ${maxLines} lines`);
  const currency = root.requireText('DocumentCurrencyCode');
  if (!/^[A-Z]{3}$/u.test(currency)) {
    throw new ToolError('Invalid', `${root.path}/DocumentCurrencyCode is not a currency code`);
  }
  const means = root.all('PaymentMeans');
  const taxTotal = readTaxTotal(root, currency);
  const subtotals = taxTotal?.all('TaxSubtotal') ?? [];
  const accounts = means.map((one) => normaliseAccount(one.textAt('PayeeFinancialAccount', 'ID')));
  return {
    path,
    isCreditNote,
    number: root.requireText('ID'),
    supplier: readSupplier(root),
    payee: root.textAt('PayeeParty', 'PartyName', 'Name') || (root.find('PayeeParty') ? 'unnamed' : ''),
    issueDate: parseDate(root.requireText('IssueDate'), `${root.path}/IssueDate`),
    dueDate: readDueDate(root),
    currency,
    otherCurrencies: otherCurrencies(root, lines, currency),
    purchaseOrder: root.textAt('OrderReference', 'ID'),
    accounts: [...new Set(accounts.filter((account) => account !== ''))],
    isDirectDebit: means.some((one) => directDebitCodes.has(one.textAt('PaymentMeansCode'))),
    notes: root.all('Note').map((note) => note.text),
    lines: lines.map((line) =>
      readLine(line, root.path === 'Invoice' ? 'InvoicedQuantity' : 'CreditedQuantity'),
    ),
    adjustments: root.all('AllowanceCharge').map(readAdjustment),
    taxes: subtotals.length === 0 ? undefined : subtotals.map(readSubtotal),
    totals: readTotals(root, taxTotal),
  };
}

/**
 * Reads a UBL 2.1 invoice or credit note. Whatever is needed to check and pay it and is missing, doubled or odd throws
 * a `ToolError` of type `Invalid` that names the element.
 */
export function parseUbl(text: string, path: string): Invoice {
  const root = parseXml(text, path);
  if (root.path !== 'Invoice' && root.path !== 'CreditNote') {
    throw new ToolError(
      'Invalid',
      `${path} is not a UBL invoice: its root element is ${root.path.slice(0, 60)}`,
    );
  }
  return readInvoice(root, path);
}
