import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import {
  maxMemoriesPerDefinition,
  type MemoryStore,
  type NewMemory,
  type Recollection,
} from '../../src/storage/memories.ts';
import { memoriesIn } from '../support/memories.ts';

const limit = 10;

function memory(key: string, text: string, changes: Partial<NewMemory> = {}): NewMemory {
  return {
    ...{ key, text, scope: 'definition', definition: 'desk', agent: 'desk-1', firstRun: 'run-1', turn: 3 },
    now: new Date('2026-11-25T10:00:00Z'),
    ...changes,
  };
}

function question(query: string, changes: Partial<Recollection> = {}): Recollection {
  return { ...{ definition: 'desk', firstRun: 'run-9', scope: 'definition' }, query, limit, ...changes };
}

describe('memories', () => {
  let folder: string;
  let file: string;
  let store: MemoryStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-memories-'));
    file = join(folder, 'data', 'memory.sqlite');
    store = memoriesIn(file);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  const textsOf = async (asked: Recollection): Promise<string[]> =>
    (await store.recall(asked)).map(({ text }) => text);

  it('keeps a memory with its source, once for a key', async () => {
    const kept = await store.keep(memory('k1', 'Nordwind delivers on Mondays', { label: 'nordwind' }));
    assert.deepEqual(kept, {
      ...{ id: kept?.id, text: 'Nordwind delivers on Mondays', label: 'nordwind', scope: 'definition' },
      ...{ definition: 'desk', agent: 'desk-1', firstRun: 'run-1', turn: 3, at: '2026-11-25T10:00:00.000Z' },
    });
    assert.match(kept.id, /^mem-[0-9a-f]{16}$/u);
    const later = memory('k1', 'Nordwind delivers on Mondays', { now: new Date('2026-12-01T00:00:00Z') });
    assert.deepEqual(await store.keep(later), kept);
    store.close();
    assert.deepEqual(await memoriesIn(file).list({ limit }), [kept]);
  });

  it('finds by any word, in any case and without accents, best first and newest first among equals', async () => {
    await store.keep(memory('k1', 'Grachten wants the order number on each invoice'));
    await store.keep(memory('k2', 'Lumière ships late'));
    await store.keep(memory('k3', 'Lumière ships late'));
    await store.keep(memory('k4', 'Late again: the invoice of Lumiere about the order'));
    assert.deepEqual(await textsOf(question('ORDER numbers')), [
      'Grachten wants the order number on each invoice',
      'Late again: the invoice of Lumiere about the order',
    ]);
    const found = await store.recall(question('lumiere ships'));
    assert.deepEqual(
      found.map(({ text }) => text.slice(0, 4)),
      ['Lumi', 'Lumi', 'Late'],
    );
    const [newest, oldest] = await Promise.all(
      ['k3', 'k2'].map((key) => store.keep(memory(key, 'Lumière ships late'))),
    );
    assert.deepEqual([found[0]?.id, found[1]?.id], [newest?.id, oldest?.id]);
    assert.deepEqual(await textsOf(question('invoi')), [
      'Grachten wants the order number on each invoice',
      'Late again: the invoice of Lumiere about the order',
    ]);
    assert.deepEqual(await textsOf(question('nothing like it')), []);
    assert.equal((await textsOf(question('', { limit: 2 }))).length, 2);
    assert.match((await textsOf(question(' ?! ')))[0] ?? '', /^Late again/u, 'without words the newest');
  });

  it('takes any text as a query and as a memory', async () => {
    const hostile = [
      '"',
      '" OR 1',
      'text:x',
      'a NEAR b',
      '-x',
      'a*',
      '(',
      'NOT',
      '\0a\0',
      '\ud800',
      '\u0301',
      '𝕏',
    ];
    for (const text of hostile) await store.recall(question(text));
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(text, text, async (kept, query) => {
        count += 1;
        await store.keep(memory(`k-${count}`, kept));
        await store.recall(question(query));
        await store.list({ search: query, limit });
      }),
      { numRuns: 300 },
    );
    const word = fc.stringMatching(/^[a-z0-9äöüéñçøłшжλ]{1,20}$/u);
    await fc.assert(
      fc.asyncProperty(word, async (kept) => {
        count += 1;
        await store.keep(memory(`k-${count}`, `"${kept}" (it is)`, { label: `label-${count}` }));
        const found = await store.recall(question(`?${kept.toUpperCase()}!`, { label: `label-${count}` }));
        assert.equal(found.length, 1);
      }),
      { numRuns: 100 },
    );
  });

  it('recalls for an agent what is its own, and what others of its definition shared with it', async () => {
    const own = { firstRun: 'run-9', agent: 'desk-9' };
    await store.keep(memory('k1', 'shared by another'));
    await store.keep(memory('k2', 'private of another', { scope: 'agent' }));
    await store.keep(memory('k3', 'shared elsewhere', { definition: 'other' }));
    await store.keep(memory('k4', 'private and own', { ...own, scope: 'agent' }));
    await store.keep(memory('k5', 'own, labelled', { ...own, label: 'x' }));
    // An agent that had the same id before is another agent.
    await store.keep(memory('k6', 'private of a namesake', { ...own, firstRun: 'run-8', scope: 'agent' }));
    const all = 'shared private own';
    assert.deepEqual((await textsOf(question(all))).sort(), [
      'own, labelled',
      'private and own',
      'shared by another',
    ]);
    assert.deepEqual((await textsOf(question(all, { scope: 'agent' }))).sort(), [
      'own, labelled',
      'private and own',
    ]);
    assert.deepEqual(await textsOf(question(all, { label: 'x' })), ['own, labelled']);
    assert.deepEqual(await textsOf(question('', { label: 'y' })), []);
    assert.equal((await store.list({ limit })).length, 6);
    assert.equal((await store.list({ agent: 'desk-9', limit })).length, 3);
    assert.equal((await store.list({ definition: 'other', limit })).length, 1);
    assert.equal((await store.list({ label: 'x', search: 'LABEL', limit })).length, 1);
  });

  it('deletes for good, from the index and the disk too', async () => {
    const kept = await store.keep(memory('k1', 'forget me at Zanzibar'));
    const id = kept?.id ?? '';
    assert.deepEqual(await store.delete([id, 'mem-0', id]), [id]);
    const onDisk = readdirSync(dirname(file)).map((name) =>
      readFileSync(join(dirname(file), name), 'latin1'),
    );
    assert.doesNotMatch(onDisk.join(''), /zanzibar/iu);
    assert.deepEqual(await textsOf(question('forget')), []);
    assert.deepEqual(await store.list({ limit }), []);
    await store.keep(memory('k2', 'something else'));
    assert.deepEqual(await textsOf(question('forget')), []);
  });

  it('has room for so many of one definition, and more when some are deleted', async () => {
    await store.keep(memory('k1', 'the first'));
    const other = new DatabaseSync(file);
    other.exec(`WITH RECURSIVE counter (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM counter WHERE n < ${maxMemoriesPerDefinition})
      INSERT INTO memories (id, key, text, scope, definition, agent, first_run, turn, at)
      SELECT 'mem-' || n, 'k' || n, 'text ' || n, 'agent', 'desk', 'desk-1', 'run-1', 1, '2026-11-25T10:00:00.000Z' FROM counter`);
    other.close();
    assert.equal(await store.keep(memory('k-new', 'one too many')), undefined);
    assert.notEqual(await store.keep(memory('k1', 'the first')), undefined, 'a repeat needs no room');
    assert.notEqual(await store.keep(memory('k-else', 'elsewhere', { definition: 'other' })), undefined);
    assert.deepEqual(await store.delete(['mem-2']), ['mem-2']);
    assert.notEqual(await store.keep(memory('k-new', 'now it fits')), undefined);
  });

  it('says when another process holds the lock, still reads, and works again afterwards', async () => {
    await store.keep(memory('k1', 'before'));
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.keep(memory('k2', 'meanwhile')), {
      name: 'ToolUnavailable',
      message: /^the memory .*memory\.sqlite is locked by another process/u,
    });
    assert.deepEqual(await textsOf(question('before')), ['before']);
    other.exec('ROLLBACK');
    other.close();
    assert.notEqual(await store.keep(memory('k2', 'meanwhile')), undefined);
  });

  it('says when the file is damaged or can not be reached', async () => {
    const damaged = join(folder, 'damaged.sqlite');
    writeFileSync(damaged, 'x'.repeat(9_000));
    for (const wrong of [damaged, join(damaged, 'memory.sqlite'), folder]) {
      const closed = memoriesIn(wrong);
      await assert.rejects(closed.recall(question('x')), { name: 'ToolUnavailable' });
    }
    assert.equal(existsSync(file), false, 'a file is made only when it is used');
  });

  it('forgets what agents kept for themselves, and nothing that is shared', async () => {
    await store.keep(memory('k1', 'mine', { scope: 'agent' }));
    await store.keep(memory('k2', 'also mine', { scope: 'agent' }));
    await store.keep(memory('k3', 'shared by the same'));
    await store.keep(memory('k4', 'of another', { scope: 'agent', agent: 'desk-2', firstRun: 'run-2' }));
    assert.deepEqual(await store.owners(), [
      { agent: 'desk-1', firstRun: 'run-1', memories: 2 },
      { agent: 'desk-2', firstRun: 'run-2', memories: 1 },
    ]);
    assert.equal(await store.forget(['run-1', 'run-9']), 2);
    const left = await store.list({ limit });
    assert.deepEqual(left.map(({ text }) => text).toSorted(), ['of another', 'shared by the same']);
  });
});
