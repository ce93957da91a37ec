import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { ArchivedRun } from '../../src/contracts/archived-run.ts';
import type { NewMemory } from '../../src/storage/memories.ts';
import { openArchive } from '../../src/storage/sqlite-archive.ts';
import { patiently } from '../../src/storage/patience.ts';
import { openLedger, type PaymentOrder } from '../../src/tools/ledger.ts';
import { memoriesIn } from '../support/memories.ts';

const order: PaymentOrder = {
  ...{ key: 'k', invoice: 'in/a.xml', supplier: 'L-7', number: 'N-1', amountCents: 1, currency: 'EUR' },
  ...{ account: 'DE1', purchaseOrder: '', now: new Date() },
};
const memory: NewMemory = {
  ...{
    key: 'k',
    text: 'x',
    label: undefined,
    definition: 'desk',
    agent: 'desk-1',
    firstRun: 'run-1',
    turn: 1,
  },
  scope: 'agent',
  now: new Date(),
};
const run: ArchivedRun = {
  ...{ namespace: 'default', agent: 'a', runId: 'r', firstRunId: 'r', events: 3 },
  status: 'completed',
  startedAt: '2026-01-01T00:00:00.000Z',
  closedAt: '2026-01-02T00:00:00.000Z',
};

describe('waiting for the lock of a SQLite file', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-patience-'));
    file = join(folder, 'a.sqlite');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function lock(): DatabaseSync {
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    return other;
  }

  /** The longest that a timer of this thread was late while something was waited for, and how long all of it took. */
  async function lateness(work: () => Promise<unknown>): Promise<{ latest: number; took: number }> {
    const start = performance.now();
    const state = { isOver: false };
    const done = work().finally(() => (state.isOver = true));
    let latest = 0;
    while (!state.isOver) {
      const before = performance.now();
      await setTimeout(5);
      latest = Math.max(latest, performance.now() - before);
    }
    await done;
    return { latest, took: performance.now() - start };
  }

  it('leaves the thread its time, however many wait, and gives up no earlier than SQLite itself would', async () => {
    const ledger = openLedger(file);
    ledger.payments();
    const other = lock();
    const pay = () =>
      assert.rejects(
        patiently(() => ledger.pay(order)),
        /is locked by another process/,
      );
    const { latest, took } = await lateness(() => Promise.all(Array.from({ length: 10 }, pay)));
    assert.ok(took >= 2_000, `gave up after ${took} ms`);
    assert.ok(latest < 1_000, `stood still for ${latest} ms`);
    other.close();
    assert.equal(ledger.pay(order).key, 'k');
    ledger.close();
  });

  it('comes to its end when the lock is free', async () => {
    const ledger = openLedger(file);
    ledger.payments();
    const other = lock();
    const paid = patiently(() => ledger.pay(order));
    await setTimeout(300);
    other.exec('ROLLBACK');
    assert.equal((await paid).key, 'k');
    assert.equal(ledger.payments().length, 1);
    ledger.close();
    other.close();
  });

  it('ends when nobody waits any more, and with any other problem at once', async () => {
    const ledger = openLedger(file);
    ledger.payments();
    const other = lock();
    const signal = AbortSignal.timeout(50);
    await assert.rejects(
      patiently(() => ledger.pay(order), signal),
      { name: 'AbortError' },
    );
    other.close();
    ledger.pay(order);
    const more = patiently(() => ledger.pay({ ...order, amountCents: 2 }));
    await assert.rejects(more, { type: 'Conflict' });
    ledger.close();
  });

  it('blocks where a program waits for nothing else', () => {
    const ledger = openLedger(file);
    ledger.payments();
    const other = lock();
    const start = performance.now();
    assert.throws(() => ledger.pay(order), /is locked by another process/);
    assert.ok(performance.now() - start >= 1_900);
    other.close();
    ledger.close();
  });

  it('is the way of memories and the archive', async () => {
    const memories = memoriesIn(join(folder, 'a.sqlite'));
    await memories.keep({ ...memory, key: 'before' });
    const archiveFile = join(folder, 'b.sqlite');
    const archive = openArchive(archiveFile, (message) => new Error(message));
    await archive.known([]);
    const other = lock();
    const another = new DatabaseSync(archiveFile);
    another.exec('BEGIN IMMEDIATE');
    const { latest, took } = await lateness(() =>
      Promise.all([
        assert.rejects(memories.keep(memory), /is locked by another process/),
        assert.rejects(memories.delete(['mem-1']), /is locked by another process/),
        assert.rejects(archive.keep(run, Buffer.from('x')), /is locked by another process/),
      ]),
    );
    assert.ok(took >= 2_000, `gave up after ${took} ms`);
    assert.ok(latest < 1_000, `stood still for ${latest} ms`);
    other.close();
    another.close();
    memories.close();
    await archive.close();
  });
});
