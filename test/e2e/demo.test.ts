import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isFree } from '../../temporal/free-port.ts';
import { type DemoFolders, type DemoRun, startDemo, untilNothingRuns } from '../support/demo-process.ts';
import { expectedPayments, paidIn, paymentsIn } from '../support/expected-payments.ts';
import { until } from '../support/stage.ts';
import { buildUbl, type InvoiceSpec } from '../support/ubl.ts';

const example = join(import.meta.dirname, '../../examples/invoice-desk');

describe('the demo', () => {
  let folder: string;
  let folders: DemoFolders;
  let run: DemoRun | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-demo-'));
    folders = { dataDir: join(folder, 'data'), workspace: join(folder, 'input'), port: await freePort() };
    await cp(example, folders.workspace, { recursive: true });
    await rm(join(folders.workspace, 'reports'), { recursive: true, force: true });
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) console.log(run?.output());
    run?.child.kill('SIGKILL');
    await run?.ended;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** The line that runs it again as it was run. */
  const again = (): string =>
    `PERDURE_WORKSPACE=${folders.workspace} PERDURE_DATA_DIR=${folders.dataDir} TEMPORAL_ADDRESS=127.0.0.1:${folders.port} make demo`;

  const ledgerFile = (): string => join(folders.dataDir, 'ledger.sqlite');

  async function runToTheEnd(): Promise<string> {
    run = await startDemo(folders);
    const code = await run.ended;
    assert.equal(code, 0, run.output());
    await assertNothingRuns();
    return run.output();
  }

  async function assertNothingRuns(): Promise<void> {
    await untilNothingRuns(folders.dataDir);
    assert.ok(await isFree(folders.port), 'the Temporal server still listens');
  }

  /** The ledger is that of a careful clerk, and the report names every file with what became of it. */
  async function assertRightForTheInput(output: string): Promise<void> {
    const expected = await expectedPayments(folders.workspace);
    assert.deepEqual(paidIn(ledgerFile()), expected.paid);
    const total = paymentsIn(ledgerFile()).reduce((sum, { amountCents }) => sum + amountCents, 0);
    const amount = (total / 100).toFixed(2);
    assert.match(output, new RegExp(`Paid +${Object.keys(expected.paid).length} invoices, ${amount} EUR`));
    const report = await readFile(join(folders.workspace, 'reports', 'invoice-desk.md'), 'utf8');
    assert.ok(report.includes(amount), `the report does not have the total ${amount}: ${report}`);
    const lines = report.split('\n');
    for (const { invoice, paymentId } of paymentsIn(ledgerFile()))
      assert.ok(
        lines.some((line) => line.includes(invoice) && line.includes(paymentId)),
        `the report lacks ${invoice}`,
      );
    for (const path of expected.notPaid)
      assert.ok(
        lines.some((line) => line.includes(path) && !line.includes('PAY-')),
        `the report lacks ${path}`,
      );
  }

  it('pays what is in order, files a report and leaves nothing running', async () => {
    const output = await runToTheEnd();
    await assertRightForTheInput(output);
    // Real work, not an empty folder: the example has plenty of both kinds.
    const { paid, notPaid } = await expectedPayments(folders.workspace);
    assert.ok(Object.keys(paid).length >= 10 && notPaid.length >= 5);
    assert.ok(output.includes(`run "${again()}" again: it goes on`), output);
    assert.match(output, /Temporal Web UI: http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\//);
  });

  it('is stopped in the middle, and goes on with the same agent and ledger when it runs again', async () => {
    const before = paidIn(ledgerFile());
    run = await startDemo(folders);
    const first = run;
    // The ledger of the run before is there until this one begins to work.
    const isAtIt = (): boolean => /→ pay_invoice/.test(first.output()) && paymentsIn(ledgerFile()).length > 0;
    await until('it pays', isAtIt, first.output);
    const second = await startDemo(folders);
    assert.equal(await second.ended, 1, second.output());
    assert.match(second.output(), /"make demo" runs already with /);
    first.child.kill('SIGINT');
    assert.equal(await first.ended, 130, first.output());
    assert.ok(first.output().includes(`Run "${again()}" again`), first.output());
    await assertNothingRuns();
    const output = await runToTheEnd();
    const agents = [first.output(), output].map(
      (text) => /Agent +(invoice-desk-demo-[\w-]+)/.exec(text)?.[1],
    );
    assert.equal(agents[0], agents[1]);
    assert.match(output, /which was interrupted, goes on/);
    // A second run is an agent of its own with an empty ledger, and comes to the same as the first.
    await assertRightForTheInput(output);
    assert.deepEqual(paidIn(ledgerFile()), before);
    const [earlier] = await readdir(join(folders.dataDir, 'previous'));
    assert.deepEqual(paidIn(join(folders.dataDir, 'previous', earlier ?? '', 'ledger.sqlite')), before);
  });

  it('is right for other input: invoices added, changed and removed', async () => {
    const original = await expectedPayments(folders.workspace);
    await changeInput(folders.workspace, original.paidAlone);
    const changed = await expectedPayments(folders.workspace);
    assert.notDeepEqual(changed.paid, original.paid);
    await assertRightForTheInput(await runToTheEnd());
  });
});

/** Three added (in order, above the limit, a wrong sum), one doubled in price, one removed. */
async function changeInput(workspace: string, paidAlone: readonly string[]): Promise<void> {
  const [toChange = '', toRemove = ''] = paidAlone;
  const suppliers = await readFile(join(workspace, 'suppliers.csv'), 'utf8');
  const orders = await readFile(join(workspace, 'purchase-orders.csv'), 'utf8');
  const account = 'DE13210501700012345601';
  await writeFile(
    join(workspace, 'suppliers.csv'),
    `${suppliers.trimEnd()}\nS-77,Fremdes GmbH,DE700000077,${account},DE,Bonn,30,a@b.example\n`,
  );
  await writeFile(
    join(workspace, 'purchase-orders.csv'),
    `${orders.trimEnd()}\nZ-77,S-77,2026-11-01,EUR,9000.00,1,x\n`,
  );
  const added = (number: string, price: string, more: Partial<InvoiceSpec> = {}): string =>
    buildUbl({
      number,
      supplier: { id: 'S-77', name: 'Fremdes GmbH', vatId: 'DE700000077' },
      accounts: [account],
      order: 'Z-77',
      dueDate: '2027-01-31',
      lines: [{ name: 'Thing', quantity: '3', price }],
      ...more,
    });
  await writeFile(join(workspace, 'invoices', 'zz-1.xml'), added('Z/1', '41.17'));
  await writeFile(join(workspace, 'invoices', '0-zz.xml'), added('Z/2', '777.77'));
  await writeFile(
    join(workspace, 'invoices', 'zz-3.xml'),
    added('Z/3', '10.00', { stated: { linesCents: 4_000 } }),
  );
  const file = join(workspace, toChange);
  const xml = await readFile(file, 'utf8');
  await writeFile(
    file,
    xml.replace(/(<cbc:PayableAmount[^>]*>)([\d.]+)/, (_all, tag: string, amount: string) => {
      return `${tag}${(Number(amount) * 2).toFixed(2)}`;
    }),
  );
  await rm(join(workspace, toRemove));
}
