import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchivePlaces } from '../../src/archive/archiving.ts';
import { closedRuns } from '../../src/archive/closed-runs.ts';
import { historyIn } from '../support/histories.ts';
import { base, grpcError, minute, namespace, taskQueue, SweepStage } from '../support/sweep-stage.ts';

describe('a sweep', () => {
  let stage: SweepStage;
  let server: SweepStage['server'];
  let places: ArchivePlaces;
  beforeEach(() => {
    stage = new SweepStage();
    ({ server, places } = stage);
  });
  afterEach(() => stage.close());

  it('stores what has closed, in the order in which it began, with the audits, and once', async () => {
    server.add('b', base + 2, base + 10);
    server.add('a', base + 1, base + 20);
    server.add('later', base, base + minute);
    assert.deepEqual(await stage.swept(base + 100), { archived: 2, failed: [], more: false });
    assert.deepEqual(server.fetched, ['run-a', 'run-b']);
    assert.deepEqual(await stage.stored(), ['run-a', 'run-b']);
    assert.equal(
      (await places.store.sweeps.mark(namespace, taskQueue))?.sweptTo,
      new Date(base + 100).toISOString(),
    );
    assert.deepEqual(await stage.swept(base + 2 * minute), { archived: 1, failed: [], more: false });
    assert.deepEqual(server.fetched, ['run-a', 'run-b', 'run-later']);
  });

  it('writes the audit of a run before it counts as stored', async () => {
    // The others' ids are not those that the history is of, so that it can't be read as theirs.
    const { workflowId: agent } = historyIn('approvals.json');
    server.add(agent, base, base + 1);
    const keep = places.store.keep.bind(places.store);
    places.store.keep = () => Promise.reject(new Error('the disk is full'));
    await assert.rejects(stage.swept(base + 10), /the disk is full/);
    const audit = readdirSync(places.audit.folder).find((name) => name.endsWith('.jsonl')) ?? '';
    const lines = readFileSync(join(places.audit.folder, audit), 'utf8');
    places.store.keep = keep;
    assert.equal((await stage.swept(base + 10)).archived, 1);
    assert.equal(readFileSync(join(places.audit.folder, audit), 'utf8'), lines);
  });

  it('costs one question where nothing has closed', async () => {
    await stage.swept(base);
    server.listed = 0;
    assert.deepEqual(await stage.swept(base + minute), { archived: 0, failed: [], more: false });
    assert.deepEqual([server.listed, server.fetched], [1, []]);
  });

  it('finds what the index of the server told late', async () => {
    await stage.swept(base + 5 * minute);
    server.add('late', base, base + minute);
    assert.equal((await stage.swept(base + 6 * minute)).archived, 1);
  });

  it("finds what closed while the server's clock was ahead, once it is right again", async () => {
    const day = 24 * 60 * minute;
    await stage.swept(base);
    await stage.swept(base + day);
    server.add('meanwhile', base, base + 2 * minute);
    assert.equal((await stage.swept(base + 3 * minute)).archived, 1);
    server.add('later', base, base + 60 * minute);
    assert.equal((await stage.swept(base + 61 * minute)).archived, 1);
    assert.equal(
      (await places.store.sweeps.mark(namespace, taskQueue))?.sweptTo,
      new Date(base + 61 * minute).toISOString(),
    );
  });

  it("finds what closed since a sweep ahead of time, by this machine's clock if nothing else tells", async () => {
    const now = Date.now();
    await stage.swept(now + 24 * 60 * minute);
    server.add('while no worker was there', now, now + 60 * minute);
    assert.equal((await stage.swept(now + 300 * minute)).archived, 1);
  });

  it('goes on where the one before had to stop', async () => {
    for (let index = 0; index < 5; index += 1) server.add(`a${index}`, base + index, base + index);
    const stop = new AbortController();
    let count = 0;
    const onArchived = (): void => {
      count += 1;
      if (count === 2) stop.abort();
    };
    assert.deepEqual(await stage.swept(base + minute, { signal: stop.signal, onArchived }), {
      ...{ archived: 2, failed: [], more: true },
    });
    assert.equal(await places.store.sweeps.mark(namespace, taskQueue), undefined);
    assert.equal((await stage.swept(base + minute)).archived, 3);
    assert.equal(server.fetched.length, 5);
  });

  it('ends, and comes no further, while the server can not be asked', async () => {
    server.add('a', base, base + 1);
    server.failing.set('run-a', grpcError(14, 'connection refused'));
    await assert.rejects(stage.swept(base + 10), /connection refused/);
    assert.equal(await places.store.sweeps.mark(namespace, taskQueue), undefined);
  });

  it('lists a long time in pieces, however unevenly what closed lies in it', async () => {
    for (let index = 0; index < 1_000; index += 1) server.add(`a${index}`, index, base + (index % 500));
    for (let index = 0; index < 250; index += 1) server.add(`b${index}`, index, base + 3 * minute);
    const seen: string[] = [];
    let last = 0;
    for await (const { runs, to } of closedRuns(server.client, { from: 0, until: base + 60 * minute })) {
      assert.ok(to > last);
      last = to;
      seen.push(...runs.map(({ runId }) => runId));
    }
    assert.equal(last, base + 60 * minute);
    assert.equal(seen.length, new Set(seen).size);
    assert.equal(seen.length, 1_250);
    assert.ok(server.listed < 200);
  });
});
