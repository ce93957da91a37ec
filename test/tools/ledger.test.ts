import { strict as assert } from 'node:assert';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openLedger, type PaymentOrder } from '../../src/tools/ledger.ts';
import { desk, invoice, removeTemporaryFolders, run, temporaryFolder } from './support.ts';

const conflict = { name: 'ToolError', type: 'Conflict' };

function order(changes: Partial<PaymentOrder> = {}): PaymentOrder {
  return {
    ...{
      key: 'k1',
      invoice: 'in/a.xml',
      supplier: 'L-7',
      number: 'N-1',
      amountCents: 12_345,
      currency: 'EUR',
    },
    ...{ account: 'DE1', purchaseOrder: 'B-1', now: new Date('2026-06-15T00:00:00Z') },
    ...changes,
  };
}

describe('ledger', () => {
  afterEach(removeTemporaryFolders);
  const file = () => join(temporaryFolder(), 'data', 'ledger.db');

  it('pays once per key, whatever the time', () => {
    const ledger = openLedger(file());
    const first = ledger.pay(order());
    assert.deepEqual(ledger.pay(order({ now: new Date('2027-01-01') })), first);
    assert.deepEqual(ledger.payments(), [first]);
    assert.match(first.paymentId, /^PAY-[0-9A-F]{12}$/u);
  });

  it('refuses a key with other content', () => {
    const ledger = openLedger(file());
    ledger.pay(order());
    for (const change of [
      { amountCents: 1 },
      { account: 'DE2' },
      { number: 'N-2' },
      { invoice: 'in/b.xml' },
    ]) {
      assert.throws(() => ledger.pay(order(change)), conflict);
    }
    assert.equal(ledger.payments().length, 1);
  });

  it('pays an invoice once under any key, however its number is written', () => {
    const ledger = openLedger(file());
    const invisible = ['\ufe0f', '\u034f', '\u180b', '\u3164', '\u2800', '\u{e0100}'];
    ledger.pay(order());
    for (const number of [
      'N-1',
      'n-1',
      ' N\u20101\u200b',
      'N - 1',
      ...invisible.map((mark) => `N-1${mark}`),
    ]) {
      assert.throws(() => ledger.pay(order({ key: 'k2', number })), conflict);
    }
    ledger.pay(order({ key: 'k3', supplier: 'L-8' }));
    assert.equal(ledger.payments().length, 2);
  });

  it('keeps the limit of a purchase order', () => {
    const ledger = openLedger(file());
    ledger.pay(order({ limitCents: 20_000 }));
    assert.throws(() => ledger.pay(order({ key: 'k2', number: 'N-2', limitCents: 20_000 })), conflict);
    ledger.pay(order({ key: 'k2', number: 'N-2' }));
    assert.equal(ledger.paidAgainst('B-1', 'EUR'), 24_690);
    assert.equal(ledger.paidAgainst('B-1', 'EUR', 'k2'), 12_345);
    assert.equal(ledger.paidAgainst('B-1', 'USD'), 0);
  });

  it('leaves out what a key itself paid', () => {
    const ledger = openLedger(file());
    ledger.pay(order());
    assert.equal(ledger.paymentOf('L-7', 'N-1')?.key, 'k1');
    assert.equal(ledger.paymentOf('L-7', 'N-1', 'k1'), undefined);
    assert.equal(ledger.paymentOf('L-8', 'N-1'), undefined);
  });

  it('survives closing and opening', () => {
    const path = file();
    const first = openLedger(path);
    const payment = first.pay(order());
    first.close();
    assert.deepEqual(openLedger(path).pay(order()), payment);
  });

  it('lets several processes pay at once, each invoice once and no order beyond its limit', async () => {
    const path = file();
    openLedger(path).payments();
    const children = [1, 2, 3].map((id) =>
      fork(new URL('./ledger-process.ts', import.meta.url), [path, String(id)]),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as unknown));
    assert.deepEqual(codes, [0, 0, 0]);
    const payments = openLedger(path).payments();
    // Each process tries the same 20 invoices of 1.00, and the order allows 15.00.
    assert.equal(payments.length, 15);
    assert.equal(new Set(payments.map(({ number }) => number)).size, 15);
  });

  it('says when another process holds the lock, and works again afterwards', () => {
    const path = file();
    const ledger = openLedger(path);
    ledger.payments();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    assert.throws(() => ledger.pay(order()), {
      name: 'ToolUnavailable',
      message: /locked by another process/u,
    });
    other.exec('ROLLBACK');
    assert.equal(ledger.pay(order()).number, 'N-1');
  });

  it('is waited for by a payment while others have their turn', async () => {
    const path = file();
    const { context } = desk({ 'a.xml': invoice() });
    const ledger = openLedger(path);
    ledger.payments();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => {
      other.exec('ROLLBACK');
    }, 300);
    await run('pay_invoice', { invoice: 'in/a.xml' }, { ...context, ledger });
    assert.equal(ledger.payments().length, 1);
  });

  it('says when the file is damaged, not its own or not to be reached', () => {
    const path = join(temporaryFolder(), 'ledger.db');
    writeFileSync(path, 'x'.repeat(9_000));
    assert.throws(() => openLedger(path).payments(), { name: 'ToolUnavailable', message: /damaged/u });
    assert.throws(() => openLedger(join(path, 'x.db')).payments(), { name: 'ToolUnavailable' });
    assert.throws(() => openLedger(temporaryFolder()).payments(), {
      name: 'ToolUnavailable',
      message: /opened/u,
    });
    const newer = join(temporaryFolder(), 'newer.db');
    new DatabaseSync(newer).exec('PRAGMA user_version = 99');
    assert.throws(() => openLedger(newer).payments(), { name: 'ToolUnavailable', message: /newer version/u });
  });
});
