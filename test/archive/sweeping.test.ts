import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { ArchivePlaces } from '../../src/archive/archiving.ts';
import { closedRuns } from '../../src/archive/closed-runs.ts';
import { sweep, type SweepOptions } from '../../src/archive/sweeping.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { openArchive } from '../../src/storage/sqlite-archive.ts';
import { historyIn } from '../support/histories.ts';

const namespace = 'default';
const taskQueue = 'perdure';
const minute = 60_000;
/** Of a server's clock, in no relation to this machine's. */
const base = Date.parse('2026-11-20T10:00:00.000Z');

interface Closed {
  readonly agent: string;
  readonly runId: string;
  readonly startedAt: number;
  readonly closedAt: number;
  readonly bytes?: number;
}

function grpcError(code: number, message: string): Error {
  return Object.assign(new Error(message), { code, details: message, metadata: {} });
}

/** A server that has these runs, all with one history, as far as the sweep asks for anything. */
class FakeServer {
  readonly runs: Closed[] = [];
  readonly failing = new Map<string, Error>();
  readonly fetched: string[] = [];
  listed = 0;

  add(name: string, startedAt: number, closedAt: number, bytes = 1_000): void {
    this.runs.push({ agent: name, runId: `run-${name}`, startedAt, closedAt, bytes });
  }

  get client(): Client {
    const { history } = historyIn('approvals.json');
    // Only what is asked of a client here; anything else fails the test.
    return {
      options: { namespace, loadedDataConverter: loadDataConverter(dataConverter) },
      workflow: {
        getHandle: (_agent: string, runId: string) => ({
          fetchHistory: () => {
            this.fetched.push(runId);
            const error = this.failing.get(runId);
            return error ? Promise.reject(error) : Promise.resolve(history);
          },
        }),
      },
      workflowService: { listWorkflowExecutions: (asked: object) => Promise.resolve(this.#page(asked)) },
    } as unknown as Client;
  }

  #page(asked: object) {
    this.listed += 1;
    const { query, pageSize, nextPageToken } = asked as {
      query: string;
      pageSize: number;
      nextPageToken?: Buffer;
    };
    const first = Number(nextPageToken?.toString() ?? 0);
    const [from = 0, to = 0] = [...query.matchAll(/CloseTime >=? ?'([^']+)'|CloseTime < '([^']+)'/g)].map(
      ([, begin, end]) => Date.parse(begin ?? end ?? ''),
    );
    const found = this.runs
      .filter(({ closedAt }) => closedAt >= from && closedAt < to)
      .toSorted((one, other) => other.closedAt - one.closedAt);
    const executions = found.slice(first, first + pageSize).map(({ agent, runId, startedAt, bytes }) => ({
      execution: { workflowId: agent, runId },
      startTime: { seconds: Math.floor(startedAt / 1_000), nanos: (startedAt % 1_000) * 1_000_000 },
      historySizeBytes: bytes,
    }));
    return {
      executions,
      nextPageToken: Buffer.from(found.length > first + pageSize ? String(first + pageSize) : ''),
    };
  }
}

describe('a sweep', () => {
  let folder: string;
  let server: FakeServer;
  let places: ArchivePlaces;
  let reported: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-sweep-'));
    server = new FakeServer();
    reported = [];
    const store = openArchive(join(folder, 'archive.sqlite'), (message) => new Error(message));
    places = { store, audit: { folder: join(folder, 'audit'), values: false } };
  });
  afterEach(async () => {
    await places.store.close();
    rmSync(folder, { recursive: true });
  });

  const swept = (until: number, more: Partial<SweepOptions> = {}) =>
    sweep(server.client, places, {
      ...{ taskQueue, until, maxHistoryBytes: 1_000_000, signal: new AbortController().signal },
      onArchived: () => undefined,
      report: (line) => reported.push(line),
      ...more,
    });
  const stored = async (): Promise<string[]> =>
    (await places.store.list({ namespace, limit: 1_000, continued: true }))
      .map(({ run }) => run.runId)
      .toSorted();

  it('stores what has closed, in the order in which it began, with the audits, and once', async () => {
    server.add('b', base + 2, base + 10);
    server.add('a', base + 1, base + 20);
    server.add('later', base, base + minute);
    assert.deepEqual(await swept(base + 100), { archived: 2, failed: [], more: false });
    assert.deepEqual(server.fetched, ['run-a', 'run-b']);
    assert.deepEqual(await stored(), ['run-a', 'run-b']);
    assert.equal(
      (await places.store.sweeps.mark(namespace, taskQueue))?.sweptTo,
      new Date(base + 100).toISOString(),
    );
    assert.deepEqual(await swept(base + 2 * minute), { archived: 1, failed: [], more: false });
    assert.deepEqual(server.fetched, ['run-a', 'run-b', 'run-later']);
  });

  it('writes the audit of a run before it counts as stored', async () => {
    // The others' ids are not those that the history is of, so that it can't be read as theirs.
    const { workflowId: agent } = historyIn('approvals.json');
    server.add(agent, base, base + 1);
    const keep = places.store.keep.bind(places.store);
    places.store.keep = () => Promise.reject(new Error('the disk is full'));
    await assert.rejects(swept(base + 10), /the disk is full/);
    const audit = readdirSync(places.audit.folder).find((name) => name.endsWith('.jsonl')) ?? '';
    const lines = readFileSync(join(places.audit.folder, audit), 'utf8');
    places.store.keep = keep;
    assert.equal((await swept(base + 10)).archived, 1);
    assert.equal(readFileSync(join(places.audit.folder, audit), 'utf8'), lines);
  });

  it('is not stopped by an audit that can not be written, and comes back to it', async () => {
    const { workflowId: agent } = historyIn('approvals.json');
    server.add(agent, base, base + 1);
    await swept(base + 10);
    const [head = ''] = readdirSync(places.audit.folder).filter((name) => name.endsWith('.head.json'));
    const file = join(places.audit.folder, head.replace('.head.json', '.jsonl'));
    await places.store.delete([`run-${agent}`]);
    rmSync(file);
    mkdirSync(file);
    server.add('other', base + 1, base + 2);
    const { archived, failed } = await swept(base + 20);
    assert.equal(archived, 1);
    assert.match(
      failed[0]?.reason ?? '',
      /^stored, without its audit: the audit of .* can't be written: EISDIR/,
    );
    assert.deepEqual(await stored(), ['run-other', `run-${agent}`].toSorted());
    const [trouble] = await places.store.sweeps.troubles(namespace);
    assert.ok(trouble?.nextAt);
    rmSync(file, { recursive: true });
    rmSync(join(places.audit.folder, head));
    await places.store.sweeps.note(namespace, { ...trouble, nextAt: trouble.since });
    assert.deepEqual((await swept(base + 30)).failed, []);
    assert.ok(readFileSync(file, 'utf8').includes(agent));
    assert.deepEqual(await places.store.sweeps.troubles(namespace), []);
  });

  it('stops where no audit can be written, and comes no further', async () => {
    server.add(historyIn('approvals.json').workflowId, base, base + 1);
    writeFileSync(places.audit.folder, 'no folder');
    await assert.rejects(swept(base + 10), /EEXIST|ENOTDIR/);
    assert.equal(await places.store.sweeps.mark(namespace, taskQueue), undefined);
  });

  it('costs one question where nothing has closed', async () => {
    await swept(base);
    server.listed = 0;
    assert.deepEqual(await swept(base + minute), { archived: 0, failed: [], more: false });
    assert.deepEqual([server.listed, server.fetched], [1, []]);
  });

  it('finds what the index of the server told late', async () => {
    await swept(base + 5 * minute);
    server.add('late', base, base + minute);
    assert.equal((await swept(base + 6 * minute)).archived, 1);
  });

  it("finds what closed while the server's clock was ahead, once it is right again", async () => {
    const day = 24 * 60 * minute;
    await swept(base);
    await swept(base + day);
    server.add('meanwhile', base, base + 2 * minute);
    assert.equal((await swept(base + 3 * minute)).archived, 1);
    server.add('later', base, base + 60 * minute);
    assert.equal((await swept(base + 61 * minute)).archived, 1);
    assert.equal(
      (await places.store.sweeps.mark(namespace, taskQueue))?.sweptTo,
      new Date(base + 61 * minute).toISOString(),
    );
  });

  it("finds what closed since a sweep ahead of time, by this machine's clock if nothing else tells", async () => {
    const now = Date.now();
    await swept(now + 24 * 60 * minute);
    server.add('while no worker was there', now, now + 60 * minute);
    assert.equal((await swept(now + 300 * minute)).archived, 1);
  });

  it('goes on where the one before had to stop', async () => {
    for (let index = 0; index < 5; index += 1) server.add(`a${index}`, base + index, base + index);
    const stop = new AbortController();
    let count = 0;
    const onArchived = (): void => {
      count += 1;
      if (count === 2) stop.abort();
    };
    assert.deepEqual(await swept(base + minute, { signal: stop.signal, onArchived }), {
      ...{ archived: 2, failed: [], more: true },
    });
    assert.equal(await places.store.sweeps.mark(namespace, taskQueue), undefined);
    assert.equal((await swept(base + minute)).archived, 3);
    assert.equal(server.fetched.length, 5);
  });

  it('is not stopped by a run that can not be read, and comes back to it', async () => {
    server.add('ill', base, base + 1);
    server.add('well', base + 1, base + 2);
    server.failing.set('run-ill', grpcError(15, 'the history is damaged'));
    const first = await swept(base + 10);
    assert.equal(first.archived, 1);
    assert.match(first.failed[0]?.reason ?? '', /can't be fetched: the history is damaged/);
    assert.deepEqual(await stored(), ['run-well']);
    assert.equal(reported.length, 1);
    const [trouble] = await places.store.sweeps.troubles(namespace);
    assert.ok(trouble?.nextAt);
    // Not before it is due, however often it is listed.
    server.failing.clear();
    assert.equal((await swept(base + 20)).archived, 0);
    await places.store.sweeps.note(namespace, { ...trouble, nextAt: trouble.since });
    assert.equal((await swept(base + 30)).archived, 1);
    assert.deepEqual(await places.store.sweeps.troubles(namespace), []);
  });

  it('gives a run up after a week, and says so', async () => {
    server.failing.set('run-ill', grpcError(15, 'the history is damaged'));
    const since = new Date(Date.now() - 8 * 24 * 60 * minute).toISOString();
    const trouble = { agent: 'ill', runId: 'run-ill', historyBytes: 1, since, attempts: 150, reason: 'x' };
    await places.store.sweeps.note(namespace, { ...trouble, nextAt: since });
    await swept(base);
    assert.match(reported.join('\n'), /run-ill of ill: .*; it is not tried again/);
    assert.equal((await places.store.sweeps.troubles(namespace))[0]?.nextAt, undefined);
    await swept(base + 1);
    assert.equal(server.fetched.length, 1);
  });

  it('comes to what is due, however much was given up before, and leaves what was given up alone', async () => {
    const { sweeps } = places.store;
    const old = new Date(Date.now() - 10 * 24 * 60 * minute).toISOString();
    for (let index = 0; index < 1_001; index += 1)
      await sweeps.note(namespace, {
        ...{ agent: 'lost', runId: `run-lost-${index}`, historyBytes: 1, since: old },
        ...{ attempts: 150, reason: 'x' },
      });
    const since = new Date(Date.now() - minute).toISOString();
    const trouble = { agent: 'ill', runId: 'run-ill', historyBytes: 1, since, attempts: 1, reason: 'x' };
    await sweeps.note(namespace, { ...trouble, nextAt: since });
    server.add('lost-1000', base, base + 1);
    await swept(base + 10);
    assert.deepEqual(server.fetched, ['run-ill']);
  });

  it('passes over what the server has deleted meanwhile', async () => {
    server.add('gone', base, base + 1);
    server.failing.set('run-gone', grpcError(5, 'not found'));
    const { failed } = await swept(base + 10);
    assert.match(failed[0]?.reason ?? '', /Temporal does not have it any more/);
    assert.deepEqual(await places.store.sweeps.troubles(namespace), []);
  });

  it('ends, and comes no further, while the server can not be asked', async () => {
    server.add('a', base, base + 1);
    server.failing.set('run-a', grpcError(14, 'connection refused'));
    await assert.rejects(swept(base + 10), /connection refused/);
    assert.equal(await places.store.sweeps.mark(namespace, taskQueue), undefined);
  });

  it('does not read a history that would not fit into memory', async () => {
    server.add('huge', base, base + 1, 2_000_000);
    const { failed } = await swept(base + 10);
    assert.match(failed[0]?.reason ?? '', /does not fit into the memory/);
    assert.deepEqual(server.fetched, []);
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
