import { strict as assert } from 'node:assert';
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decidePolicy } from '../../src/core/policy.ts';
import { parseDefinitionFile } from '../../src/core/definition-file.ts';
import { examineInvoice } from '../../src/tools/invoice/examine.ts';
import { assess, contextOf, desk, invoice, put, removeTemporaryFolders, temporaryFolder } from './support.ts';
import { buildUbl } from '../support/ubl.ts';

const root = join(import.meta.dirname, '../..');

/** What is wrong with a shipped invoice; those not named here are in order. */
const shipped: Record<string, string> = {
  '2026-20915-grachten.xml': 'bank_account_changed',
  '4500-618-kabelwerk.xml': 'past_due',
  'DH-2026-11-0022.xml': 'purchase_order_exceeded',
  'F-2026-00902-lumiere.xml': 'purchase_order_other_supplier',
  'OD-11873.xml': 'unknown_supplier',
  'RE-88251-brandt.xml': 'line_sum_wrong',
  'SW-7734388.xml': 'purchase_order_missing',
  'blitzblank-2026-10.xml': 'bank_account_changed',
  'nordwind-1043.xml': 'duplicate',
  'ostertor-A-5567.xml': 'tax_wrong',
};

function definition() {
  const parsed = parseDefinitionFile(
    readFileSync(join(root, 'agents/invoice-desk.md'), 'utf8'),
    'invoice-desk.md',
  );
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.definition;
}

async function decide(tool: string, args: Record<string, string>, context: ReturnType<typeof contextOf>) {
  const facts = await assess(tool, args, context);
  const verdict = decidePolicy(definition().tools[tool], { facts, args, agent: {}, labels: {} });
  assert.doesNotMatch(verdict.reason, /could not be evaluated/u);
  return verdict.mode;
}

describe('the invoice desk', () => {
  afterEach(removeTemporaryFolders);

  function example() {
    const folder = temporaryFolder();
    cpSync(join(root, 'examples/invoice-desk'), folder, { recursive: true });
    rmSync(join(folder, 'reports'), { recursive: true, force: true });
    return { folder, context: contextOf(folder) };
  }

  it('ships invoices with just the findings that they were made for', async () => {
    const { context } = example();
    const { entries } = context.workspace.list('invoices');
    const examined = await Promise.all(
      entries.map(async ({ name, path }) => ({ name, ...(await examineInvoice(path, context)) })),
    );
    const found = examined.flatMap(({ name, findings }) => findings.map(({ code }) => [name, code]));
    assert.deepEqual(Object.fromEntries(found), shipped);
    assert.equal(found.length, Object.keys(shipped).length);
    const clean = examined.filter(({ findings }) => findings.length === 0);
    const above = clean.filter((one) => one.invoice.totals.payable > 100_000n);
    assert.deepEqual([entries.length, clean.length, above.length], [26, 16, 4]);
  });

  it('ships one invoice that gives orders to its reader, and it can not be paid', async () => {
    const { context } = example();
    const { entries } = context.workspace.list('invoices');
    const orders = entries.filter(({ path }) =>
      /ignore all rules/u.test(context.workspace.readText(path).text),
    );
    assert.equal(orders.length, 1);
    assert.equal(await decide('pay_invoice', { invoice: orders[0]!.path }, context), 'suggest');
  });

  it('decides by policy as its findings and amounts want', async () => {
    const { context } = example();
    const modes = new Map<string, number>();
    for (const { path } of context.workspace.list('invoices').entries) {
      const mode = await decide('pay_invoice', { invoice: path }, context);
      modes.set(mode, (modes.get(mode) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(modes), { auto: 12, approve: 10, suggest: 2, deny: 2 });
  });

  it('has a rule for every kind of fact', async () => {
    const exempt = { category: 'E', percent: '0' };
    const of = (price: string) => ({ lines: [{ name: 'x', quantity: '1', price, tax: exempt }] });
    const { context, folder } = desk({
      ...{
        'auto.xml': invoice(),
        'broken.xml': '<a/>',
        'edge.xml': invoice({ number: 'N-2', ...of('1000.00') }),
      },
      'over.xml': invoice({ number: 'N-3', ...of('1000.01') }),
      'account.xml': invoice({ number: 'N-4', accounts: ['LT717300010123456789'], dueDate: '2020-01-01' }),
      'late.xml': invoice({ number: 'N-5', dueDate: '2020-01-01' }),
      'dollars.xml': invoice({ number: 'N-6', currency: 'USD', order: 'B-9' }),
      'accountless.xml': invoice({ number: 'N-10', supplier: { name: 'Other', vatId: 'DE8' } }),
      'credit.xml': invoice({ number: 'N-7', typeCode: '381' }),
      'nobody.xml': invoice({ number: 'N-8', supplier: { name: 'Nobody' } }),
      'zero.xml': invoice({ number: 'N-9', prepaidCents: 11_900 }),
    });
    put(
      folder,
      'purchase-orders.csv',
      'number,supplier_id,currency,amount\nB-1,L-7,EUR,9000\nB-9,L-7,USD,9000\n',
    );
    put(folder, 'in/z.xml', buildUbl(invoice()));
    renameSync(join(folder, 'in'), join(folder, 'invoices'));
    const expected = {
      ...{ auto: 'auto', broken: 'deny', edge: 'auto', over: 'approve', account: 'suggest', late: 'approve' },
      ...{ dollars: 'approve', credit: 'deny', nobody: 'deny', zero: 'deny', z: 'deny', missing: 'deny' },
      accountless: 'deny',
    };
    for (const [name, mode] of Object.entries(expected)) {
      assert.equal(await decide('pay_invoice', { invoice: `invoices/${name}.xml` }, context), mode, name);
    }
  });

  it('pays nothing that it could have written itself', async () => {
    const { context, folder } = example();
    const [entry] = context.workspace.list('invoices').entries;
    for (const path of ['reports/copy.xml', 'copy.xml', 'invoices2/copy.xml']) {
      put(folder, path, context.workspace.readText(entry!.path).text);
      const facts = await assess('pay_invoice', { invoice: path }, context);
      assert.deepEqual([facts['readable'], facts['findings']], [true, []], path);
      assert.equal(await decide('pay_invoice', { invoice: path }, context), 'deny', path);
      assert.equal(await decide('pay_invoice', { invoice: `invoices/../${path}` }, context), 'deny', path);
    }
  });

  it('writes into its folder of reports only', async () => {
    const { context } = example();
    const mode = (path: string) => decide('write_file', { path, content: 'x' }, context);
    assert.equal(await mode('reports/invoice-desk.md'), 'auto');
    for (const path of ['suppliers.csv', 'reports/../today.txt', 'reports', '../reports/x', 'reports2/x']) {
      assert.equal(await mode(path), 'deny', path);
    }
  });
});
