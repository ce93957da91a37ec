/** Builds UBL 2.1 invoices for tests. Its arithmetic is its own, so that it can disagree with the product's. */

export interface TaxSpec {
  readonly category: string;
  readonly percent: string;
  readonly reason?: string;
}

export interface AdjustmentSpec {
  readonly isCharge: boolean;
  readonly reason: string;
  readonly cents: number;
  readonly tax?: TaxSpec;
}

export interface LineSpec {
  readonly name: string;
  readonly quantity: string;
  readonly price: string;
  readonly unit?: string;
  readonly baseQuantity?: string;
  readonly tax?: TaxSpec;
  readonly adjustments?: readonly AdjustmentSpec[];
  /** States a wrong amount. */
  readonly statedCents?: number;
}

interface PartySpec {
  readonly id?: string;
  readonly name: string;
  readonly vatId?: string;
  readonly street?: string;
  readonly city?: string;
  readonly zip?: string;
  readonly country?: string;
}

export interface InvoiceSpec {
  readonly number: string;
  readonly supplier: PartySpec;
  readonly lines: readonly LineSpec[];
  readonly issueDate?: string;
  readonly dueDate?: string;
  readonly typeCode?: string;
  readonly currency?: string;
  readonly notes?: readonly string[];
  readonly order?: string;
  readonly accounts?: readonly string[];
  readonly paymentMeans?: string;
  readonly payee?: string;
  readonly adjustments?: readonly AdjustmentSpec[];
  readonly prepaidCents?: number;
  readonly roundingCents?: number;
  readonly buyer?: PartySpec;
  /** Replaces what would follow from the lines; the totals after it follow from it. */
  readonly stated?: {
    linesCents?: number;
    taxCents?: number;
    subtotalTaxCents?: number;
    payableCents?: number;
  };
}

export const standard: TaxSpec = { category: 'S', percent: '19' };
export const reduced: TaxSpec = { category: 'S', percent: '7' };

function scaled(decimal: string): bigint {
  const [integer = '', fraction = ''] = decimal.replace('-', '').split('.');
  const value = BigInt(integer + fraction.padEnd(6, '0'));
  return decimal.startsWith('-') ? -value : value;
}

function rounded(dividend: bigint, divisor: bigint): number {
  const half = divisor / 2n;
  return Number(dividend < 0n ? -((-dividend + half) / divisor) : (dividend + half) / divisor);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const signed = ({ isCharge, cents }: AdjustmentSpec): number => (isCharge ? cents : -cents);
const taxOf = (item: { readonly tax?: TaxSpec }): TaxSpec => item.tax ?? standard;

function lineCents(line: LineSpec): number {
  const base = scaled(line.baseQuantity ?? '1');
  const product = rounded(scaled(line.quantity) * scaled(line.price) * 100n, base * 1_000_000n);
  return line.statedCents ?? product + sum((line.adjustments ?? []).map(signed));
}

function subtotals(spec: InvoiceSpec): { tax: TaxSpec; taxable: number; cents: number }[] {
  const items = [
    ...spec.lines.map((line) => ({ tax: taxOf(line), cents: lineCents(line) })),
    ...(spec.adjustments ?? []).map((adjustment) => ({ tax: taxOf(adjustment), cents: signed(adjustment) })),
  ];
  const groups = new Map<string, { tax: TaxSpec; taxable: number }>();
  for (const { tax, cents } of items) {
    const key = `${tax.category} ${tax.percent}`;
    groups.set(key, { tax, taxable: (groups.get(key)?.taxable ?? 0) + cents });
  }
  return [...groups.values()].map(({ tax, taxable }, index) => {
    const cents = rounded(BigInt(taxable) * scaled(tax.percent), 100_000_000n);
    return { tax, taxable, cents: index === 0 ? (spec.stated?.subtotalTaxCents ?? cents) : cents };
  });
}

export function totalsOf(spec: InvoiceSpec) {
  const adjustments = spec.adjustments ?? [];
  const lines = spec.stated?.linesCents ?? sum(spec.lines.map(lineCents));
  const allowances = sum(adjustments.filter((one) => !one.isCharge).map((one) => one.cents));
  const charges = sum(adjustments.filter((one) => one.isCharge).map((one) => one.cents));
  const net = lines - allowances + charges;
  const tax = spec.stated?.taxCents ?? sum(subtotals(spec).map((one) => one.cents));
  const gross = net + tax;
  const payable = spec.stated?.payableCents ?? gross - (spec.prepaidCents ?? 0) + (spec.roundingCents ?? 0);
  return { lines, allowances, charges, net, tax, gross, payable };
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

type Markup = string | readonly Markup[];

const flat = (markup: Markup): string[] => (typeof markup === 'string' ? [markup] : markup.flatMap(flat));
const group = (name: string, ...content: Markup[]): Markup => {
  const inner = flat(content);
  return inner.length === 0 ? [] : [`<cac:${name}>`, inner.map((line) => `  ${line}`), `</cac:${name}>`];
};
const leaf = (name: string, text: string | undefined, attributes = ''): Markup =>
  text === undefined ? [] : [`<cbc:${name}${attributes}>${escape(text)}</cbc:${name}>`];
const money = (cents: number): string => {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

function taxMarkup(name: string, tax: TaxSpec, withReason = false): Markup {
  return group(
    name,
    leaf('ID', tax.category),
    leaf('Percent', tax.percent),
    withReason ? leaf('TaxExemptionReason', tax.reason) : [],
    group('TaxScheme', leaf('ID', 'VAT')),
  );
}

/** The code of Peppol's list for an address that is a VAT number of this country. */
function endpointScheme({ country = 'DE' }: PartySpec): string {
  return { AT: '9914', FR: '9957', NL: '9944' }[country] ?? '9930';
}

function party(role: string, spec: PartySpec): Markup {
  return group(
    role,
    group(
      'Party',
      leaf('EndpointID', spec.vatId, ` schemeID="${endpointScheme(spec)}"`),
      group('PartyIdentification', leaf('ID', spec.id)),
      group('PartyName', leaf('Name', spec.name)),
      group(
        'PostalAddress',
        leaf('StreetName', spec.street),
        leaf('CityName', spec.city),
        leaf('PostalZone', spec.zip),
        group('Country', leaf('IdentificationCode', spec.country ?? 'DE')),
      ),
      spec.vatId === undefined
        ? []
        : group('PartyTaxScheme', leaf('CompanyID', spec.vatId), group('TaxScheme', leaf('ID', 'VAT'))),
      group('PartyLegalEntity', leaf('RegistrationName', spec.name)),
    ),
  );
}

/** The XML of an invoice; whatever the spec leaves out follows from what it says. */
export function buildUbl(spec: InvoiceSpec): string {
  const currency = spec.currency ?? 'EUR';
  const amount = (name: string, cents: number): Markup =>
    leaf(name, money(cents), ` currencyID="${currency}"`);
  const optionalAmount = (name: string, cents: number | undefined): Markup =>
    cents ? amount(name, cents) : [];
  const adjustment = (one: AdjustmentSpec, isOfDocument: boolean): Markup =>
    group(
      'AllowanceCharge',
      leaf('ChargeIndicator', String(one.isCharge)),
      leaf('AllowanceChargeReason', one.reason),
      amount('Amount', one.cents),
      isOfDocument ? taxMarkup('TaxCategory', taxOf(one)) : [],
    );
  const line = (one: LineSpec, index: number): Markup => {
    const unit = ` unitCode="${one.unit ?? 'C62'}"`;
    return group(
      'InvoiceLine',
      leaf('ID', String(index + 1)),
      leaf('InvoicedQuantity', one.quantity, unit),
      amount('LineExtensionAmount', lineCents(one)),
      (one.adjustments ?? []).map((each) => adjustment(each, false)),
      group('Item', leaf('Name', one.name), taxMarkup('ClassifiedTaxCategory', taxOf(one))),
      group(
        'Price',
        leaf('PriceAmount', one.price, ` currencyID="${currency}"`),
        leaf('BaseQuantity', one.baseQuantity, unit),
      ),
    );
  };
  const totals = totalsOf(spec);
  const means = spec.accounts ?? [];
  const body: Markup = [
    leaf('CustomizationID', 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'),
    leaf('ProfileID', 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'),
    leaf('ID', spec.number),
    leaf('IssueDate', spec.issueDate ?? '2026-11-02'),
    leaf('DueDate', spec.dueDate),
    leaf('InvoiceTypeCode', spec.typeCode ?? '380'),
    (spec.notes ?? []).map((note) => leaf('Note', note)),
    leaf('DocumentCurrencyCode', currency),
    leaf('BuyerReference', 'Accounts payable'),
    group('OrderReference', leaf('ID', spec.order)),
    party('AccountingSupplierParty', spec.supplier),
    party('AccountingCustomerParty', spec.buyer ?? { name: 'Buyer GmbH', vatId: 'DE811907980' }),
    spec.payee === undefined ? [] : group('PayeeParty', group('PartyName', leaf('Name', spec.payee))),
    means.map((account) =>
      group(
        'PaymentMeans',
        leaf('PaymentMeansCode', spec.paymentMeans ?? '58'),
        leaf('PaymentID', spec.number),
        group('PayeeFinancialAccount', leaf('ID', account), leaf('Name', spec.supplier.name)),
      ),
    ),
    (spec.adjustments ?? []).map((each) => adjustment(each, true)),
    group(
      'TaxTotal',
      amount('TaxAmount', totals.tax),
      subtotals(spec).map(({ tax, taxable, cents }) =>
        group(
          'TaxSubtotal',
          amount('TaxableAmount', taxable),
          amount('TaxAmount', cents),
          taxMarkup('TaxCategory', tax, true),
        ),
      ),
    ),
    group(
      'LegalMonetaryTotal',
      amount('LineExtensionAmount', totals.lines),
      amount('TaxExclusiveAmount', totals.net),
      amount('TaxInclusiveAmount', totals.gross),
      optionalAmount('AllowanceTotalAmount', totals.allowances),
      optionalAmount('ChargeTotalAmount', totals.charges),
      optionalAmount('PrepaidAmount', spec.prepaidCents),
      optionalAmount('PayableRoundingAmount', spec.roundingCents),
      amount('PayableAmount', totals.payable),
    ),
    spec.lines.map(line),
  ];
  const namespaces = [
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"',
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"',
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"',
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Invoice ${namespaces.join('\n         ')}>`,
    ...flat(body).map((text) => `  ${text}`),
    '</Invoice>',
    '',
  ].join('\n');
}
