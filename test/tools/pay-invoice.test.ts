import { strict as assert } from 'node:assert';
import { buildUbl } from '../support/ubl.ts';
import { assess, desk, invoice, put, removeTemporaryFolders, run } from './support.ts';

describe('pay_invoice', () => {
  afterEach(removeTemporaryFolders);

  const args = { invoice: './in/../in/a.xml' };

  it('pays what the file says to whom the master data says, once', async () => {
    const { context } = desk({ 'a.xml': invoice() });
    const before = await assess('pay_invoice', args, context);
    const first = await run('pay_invoice', args, context);
    assert.deepEqual(first, {
      paymentId: context.ledger.payments()[0]?.paymentId,
      ...{
        status: 'paid',
        invoice: 'in/a.xml',
        number: 'N-1',
        supplier: 'L-7',
        amount: 119,
        currency: 'EUR',
      },
      account: 'DE13210501700012345601',
    });
    assert.deepEqual(await assess('pay_invoice', args, context), before);
    assert.deepEqual(await run('pay_invoice', args, context), first);
    const other = { ...context, key: 'run/2/0/abc' };
    assert.equal((await assess('pay_invoice', args, other))['alreadyPaid'], true);
    await assert.rejects(run('pay_invoice', args, other), { type: 'Forbidden', message: /ledger/u });
    assert.equal(context.ledger.payments().length, 1);
  });

  it('refuses by itself what no approval can make right', async () => {
    const wrong = [
      invoice({ accounts: ['LT717300010123456789'] }),
      invoice({ supplier: { name: 'Nobody', vatId: 'XX1' } }),
      invoice({ typeCode: '381' }),
      invoice({ prepaidCents: 11_900 }),
      invoice({ supplier: { name: 'Other', vatId: 'DE8' }, order: 'B-8' }),
    ];
    for (const spec of wrong) {
      const { context } = desk({ 'a.xml': spec });
      await assert.rejects(run('pay_invoice', args, context), { type: 'Forbidden' });
      assert.deepEqual(context.ledger.payments(), []);
    }
    const copies = desk({ 'a.xml': invoice(), '0.xml': invoice() });
    await assert.rejects(run('pay_invoice', args, copies.context), { type: 'Forbidden' });
  });

  it('pays what a person approved in spite of its findings', async () => {
    const { context } = desk({
      'a.xml': invoice({ dueDate: '2026-01-01', lines: [{ name: 'x', quantity: '99', price: '50' }] }),
    });
    const facts = await assess('pay_invoice', args, context);
    assert.deepEqual(facts['findings'], ['past_due', 'purchase_order_exceeded']);
    assert.equal(((await run('pay_invoice', args, context)) as { amount: number }).amount, 5890.5);
  });

  it('keeps two payments side by side within one purchase order', async () => {
    const large = { lines: [{ name: 'x', quantity: '12', price: '50.00' }] };
    const { context } = desk({ 'a.xml': invoice(large), 'b.xml': invoice({ ...large, number: 'N-2' }) });
    // Both have passed their checks when the first one pays, as they would in two processes.
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let checked = 0;
    const confirmLease = () => {
      checked += 1;
      if (checked === 2) resolve(undefined);
      return promise;
    };
    const waiting = { ...context, confirmLease };
    const first = run('pay_invoice', { invoice: 'in/a.xml' }, { ...waiting, key: 'k1' });
    const second = run('pay_invoice', { invoice: 'in/b.xml' }, { ...waiting, key: 'k2' });
    const outcomes = await Promise.allSettled([first, second]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(context.ledger.payments().length, 1);
  });

  it('refuses when the facts are not those that policy decided on', async () => {
    const { context, folder } = desk({ 'a.xml': invoice() });
    const facts = await assess('pay_invoice', args, context);
    put(folder, 'in/a.xml', buildUbl(invoice({ lines: [{ name: 'x', quantity: '3', price: '50.00' }] })));
    await assert.rejects(run('pay_invoice', args, { ...context, facts }), { type: 'Conflict' });
    put(folder, 'in/a.xml', buildUbl(invoice()));
    await run('pay_invoice', args, { ...context, facts });
  });

  it('does not say that nothing was paid where an attempt before has', async () => {
    const { context, folder } = desk({ 'a.xml': invoice() });
    const facts = await assess('pay_invoice', args, context);
    const later = { ...context, facts };
    await run('pay_invoice', args, later);
    put(folder, 'in/a.xml', buildUbl(invoice({ lines: [{ name: 'x', quantity: '3', price: '50.00' }] })));
    await assert.rejects(run('pay_invoice', args, later), {
      type: 'Conflict',
      message: /^this call has paid already/u,
    });
  });

  it('refuses a file that changed after it was paid under the same key', async () => {
    const { context, folder } = desk({ 'a.xml': invoice() });
    await run('pay_invoice', args, context);
    put(folder, 'in/a.xml', buildUbl(invoice({ lines: [{ name: 'x', quantity: '1', price: '1' }] })));
    await assert.rejects(run('pay_invoice', args, context), { type: 'Conflict' });
  });
});
