import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ArchivedRun } from '../../src/contracts/archived-run.ts';
import type { ArchiveStore } from '../../src/storage/archive.ts';
import { openArchive } from '../../src/storage/sqlite-archive.ts';

class Unavailable extends Error {}

const limit = 50;
const namespace = 'default';

function run(runId: string, changes: Partial<ArchivedRun> = {}): ArchivedRun {
  return {
    ...{ namespace, agent: 'desk-1', runId, firstRunId: 'r1', definition: 'desk', status: 'completed' },
    ...{ startedAt: '2026-11-20T10:00:00.000Z', closedAt: '2026-11-20T11:00:00.000Z', turn: 4, events: 30 },
    ...changes,
  };
}

const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T10:00:00.000Z`;
const text = (words: string): Buffer => Buffer.from(words.repeat(200));

describe('the archive', () => {
  let folder: string;
  let file: string;
  let store: ArchiveStore;
  const open = (): ArchiveStore => openArchive(file, (message, cause) => new Unavailable(message, { cause }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-archive-'));
    file = join(folder, 'data', 'archive.sqlite');
    store = open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('gives back what was kept, byte for byte, also to another process', async () => {
    const history = text('anything at all \u0000 ');
    assert.equal(await store.keep(run('r1', { previousRunId: 'r0' }), history), true);
    await store.close();
    store = open();
    assert.deepEqual(Buffer.from((await store.history('r1'))!), history);
    assert.deepEqual(await store.find(namespace, 'desk-1'), run('r1', { previousRunId: 'r0' }));
    const [stored] = await store.list({ namespace, limit });
    assert.ok(stored && stored.bytes === history.length && stored.storedBytes < stored.bytes / 10);
  });

  it('keeps a run once, and never changes it', async () => {
    const history = text('the first');
    await store.keep(run('r1'), history);
    assert.equal(await store.keep(run('r1', { status: 'failed' }), text('another')), false);
    assert.deepEqual(Buffer.from((await store.history('r1'))!), history);
    assert.equal((await store.find(namespace, 'desk-1', 'r1'))?.status, 'completed');
  });

  it('is filled by several processes at once that all find no file', async () => {
    const others = Array.from({ length: 4 }, open);
    await Promise.all(others.map((other, index) => other.keep(run(`r${index}`), text('x'))));
    await Promise.all(others.map((other) => other.close()));
    assert.equal((await store.list({ namespace, limit, continued: true })).length, 4);
  });

  it('knows the last run of an agent, and which runs it has', async () => {
    await store.keep(run('r1', { status: 'continued', closedAt: day(1) }), text('x'));
    await store.keep(run('r2', { previousRunId: 'r1', closedAt: day(2) }), text('x'));
    assert.equal((await store.find(namespace, 'desk-1'))?.runId, 'r2');
    assert.equal((await store.find(namespace, 'desk-1', 'r1'))?.runId, 'r1');
    assert.equal(await store.find('another', 'desk-1'), undefined);
    assert.equal(await store.find(namespace, 'desk-1', 'r9'), undefined);
    assert.equal(await store.history('r9'), undefined);
    const many = Array.from({ length: 2_500 }, (_, index) => `r${index}`);
    assert.deepEqual([...(await store.known(many))].toSorted(), ['r1', 'r2']);
  });

  it('lists agents page by page, the last started first, by what people look for', async () => {
    for (let index = 1; index <= 9; index += 1)
      await store.keep(
        run(`r${index}`, {
          ...{ agent: `${index % 2 === 0 ? 'even' : 'odd_'}-${index}`, firstRunId: `r${index}` },
          ...{ startedAt: day(index), status: index === 9 ? 'failed' : 'completed' },
        }),
        text('x'),
      );
    await store.keep(run('r0', { status: 'continued', startedAt: day(20) }), text('x'));
    const ids = async (filter: object): Promise<string[]> =>
      (await store.list({ namespace, limit, ...filter })).map(({ run: { runId } }) => runId);
    assert.deepEqual(await ids({ limit: 2 }), ['r9', 'r8']);
    assert.deepEqual(await ids({ limit: 2, after: { startedAt: day(8), runId: 'r8' } }), ['r7', 'r6']);
    assert.deepEqual(await ids({ statuses: ['failed', 'terminated'] }), ['r9']);
    assert.deepEqual(await ids({ idPrefixes: ['even-'] }), ['r8', 'r6', 'r4', 'r2']);
    // Nothing in a prefix stands for anything else.
    assert.deepEqual(await ids({ idPrefixes: ['odd%', 'even_'] }), []);
    assert.deepEqual(await ids({ definition: 'other' }), []);
    assert.deepEqual(await ids({ limit: 1, continued: true }), ['r0']);
  });

  it('prunes whole agents that have ended, by age and number, and no other', async () => {
    await store.keep(run('a1', { firstRunId: 'a1', status: 'continued', closedAt: day(1) }), text('x'));
    await store.keep(run('a2', { firstRunId: 'a1', closedAt: day(2) }), text('x'));
    await store.keep(run('b1', { firstRunId: 'b1', closedAt: day(3) }), text('x'));
    await store.keep(run('c1', { firstRunId: 'c1', status: 'continued', closedAt: day(1) }), text('x'));
    const pruned = async (rule: object): Promise<string[]> =>
      (await store.prunable({ namespace, ...rule })).map(({ run: { runId } }) => runId).toSorted();
    assert.deepEqual(await pruned({ endedBefore: day(3) }), ['a1', 'a2']);
    assert.deepEqual(await pruned({ endedBefore: day(4) }), ['a1', 'a2', 'b1']);
    assert.deepEqual(await pruned({ keep: 1 }), ['a1', 'a2']);
    assert.deepEqual(await pruned({ keep: 1, endedBefore: day(2) }), []);
    assert.equal(await store.delete(['a1', 'a2', 'gone']), 2);
    assert.deepEqual(await pruned({ keep: 0 }), ['b1']);
  });

  it('prunes nothing of an agent that was reset and has gone on since', async () => {
    await store.keep(run('a1', { firstRunId: 'a1', status: 'terminated', closedAt: day(1) }), text('x'));
    await store.keep(run('a2', { firstRunId: 'a1', status: 'continued', closedAt: day(2) }), text('x'));
    assert.deepEqual(await store.prunable({ namespace, endedBefore: day(9) }), []);
    await store.keep(run('a3', { firstRunId: 'a1', closedAt: day(3) }), text('x'));
    assert.equal((await store.prunable({ namespace, endedBefore: day(9) })).length, 3);
  });

  it('says of a file that is damaged what it is, and leaves it alone', async () => {
    await store.keep(run('r1'), text('x'));
    await store.close();
    writeFileSync(
      file,
      'this is no database, and never was one; it is long enough to be looked at'.repeat(20),
    );
    const before = readFileSync(file);
    store = open();
    await assert.rejects(store.find(namespace, 'desk-1'), /the archive .* is damaged or is something else/);
    await assert.rejects(store.keep(run('r2'), text('x')), Unavailable);
    assert.deepEqual(readFileSync(file), before);
  });

  it('never gives a history that is not what was stored', async () => {
    await store.keep(run('r1'), text('x'));
    await store.keep(run('r2'), text('y'));
    const database = new DatabaseSync(file);
    database.exec(
      "UPDATE runs SET history = (SELECT history FROM runs WHERE run_id = 'r2') WHERE run_id = 'r1'",
    );
    database.exec("UPDATE runs SET history = x'00112233' WHERE run_id = 'r2'");
    database.close();
    await assert.rejects(store.history('r1'), /is damaged: run r1 is not what was stored/);
    await assert.rejects(store.history('r2'), /is damaged: run r2 can't be unpacked/);
  });

  it('waits for another process no longer than it says, loses nothing, and goes on afterwards', async () => {
    await store.keep(run('r1'), text('x'));
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.keep(run('r2'), text('x')), /is locked by another process/);
    other.exec('ROLLBACK');
    other.close();
    assert.equal(await store.keep(run('r2'), text('x')), true);
    assert.equal((await store.list({ namespace, limit })).length, 2);
  });

  it('says that the disk is full, loses nothing, and goes on when there is room', async () => {
    await store.keep(run('r1'), text('x'));
    await store.close();
    const limited = openArchive(file, (message, cause) => new Unavailable(message, { cause }));
    store = limited;
    // What a full disk is to SQLite, a file that may not grow is as well.
    const database = new DatabaseSync(file);
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
    database.close();
    const big = randomBytes(100_000);
    await withMaxPages(pages, async () => {
      await assert.rejects(store.keep(run('r2'), big), /can't be written: the disk is full/);
    });
    assert.equal(await store.keep(run('r2'), big), true);
    assert.deepEqual(Buffer.from((await store.history('r2'))!), big);
  });

  it('leaves a file of a newer version alone', async () => {
    await store.keep(run('r1'), text('x'));
    await store.close();
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('2099-01-01-more', '2099')");
    database.close();
    store = open();
    await assert.rejects(store.find(namespace, 'desk-1'), /was written by a newer version/);
  });

  it('makes no file by being opened', async () => {
    await store.close();
    assert.equal(existsSync(file), false);
  });
});

/** Every database that is opened meanwhile may not grow beyond so many pages. */
async function withMaxPages(pages: number, work: () => Promise<void>): Promise<void> {
  const { prototype } = DatabaseSync;
  const exec = Object.getOwnPropertyDescriptor(prototype, 'exec')!;
  const original = exec.value as (this: DatabaseSync, sql: string) => void;
  Object.defineProperty(prototype, 'exec', {
    ...exec,
    value(this: DatabaseSync, sql: string) {
      original.call(this, sql);
      if (sql.includes('journal_mode')) original.call(this, `PRAGMA max_page_count = ${pages}`);
    },
  });
  try {
    await work();
  } finally {
    Object.defineProperty(prototype, 'exec', exec);
  }
}
