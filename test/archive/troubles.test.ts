import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchivePlaces } from '../../src/archive/archiving.ts';
import { historyIn } from '../support/histories.ts';
import { base, grpcError, minute, namespace, taskQueue, SweepStage } from '../support/sweep-stage.ts';

describe('a sweep that meets trouble', () => {
  let stage: SweepStage;
  let server: SweepStage['server'];
  let places: ArchivePlaces;
  beforeEach(() => {
    stage = new SweepStage();
    ({ server, places } = stage);
  });
  afterEach(() => stage.close());

  it('is not stopped by an audit that can not be written, and comes back to it', async () => {
    const { workflowId: agent } = historyIn('approvals.json');
    server.add(agent, base, base + 1);
    await stage.swept(base + 10);
    const [head = ''] = readdirSync(places.audit.folder).filter((name) => name.endsWith('.head.json'));
    const file = join(places.audit.folder, head.replace('.head.json', '.jsonl'));
    await places.store.delete([`run-${agent}`]);
    rmSync(file);
    mkdirSync(file);
    server.add('other', base + 1, base + 2);
    const { archived, failed } = await stage.swept(base + 20);
    assert.equal(archived, 1);
    assert.match(
      failed[0]?.reason ?? '',
      /^stored, without its audit: the audit of .* can't be written: EISDIR/,
    );
    assert.deepEqual(await stage.stored(), ['run-other', `run-${agent}`].toSorted());
    const [trouble] = await places.store.sweeps.troubles(namespace);
    assert.ok(trouble?.nextAt);
    rmSync(file, { recursive: true });
    rmSync(join(places.audit.folder, head));
    await places.store.sweeps.note(namespace, { ...trouble, nextAt: trouble.since });
    assert.deepEqual((await stage.swept(base + 30)).failed, []);
    assert.ok(readFileSync(file, 'utf8').includes(agent));
    assert.deepEqual(await places.store.sweeps.troubles(namespace), []);
  });

  it('stops where no audit can be written, and comes no further', async () => {
    server.add(historyIn('approvals.json').workflowId, base, base + 1);
    writeFileSync(places.audit.folder, 'no folder');
    await assert.rejects(stage.swept(base + 10), /EEXIST|ENOTDIR/);
    assert.equal(await places.store.sweeps.mark(namespace, taskQueue), undefined);
  });

  it('is not stopped by a run that can not be read, and comes back to it', async () => {
    server.add('ill', base, base + 1);
    server.add('well', base + 1, base + 2);
    server.failing.set('run-ill', grpcError(15, 'the history is damaged'));
    const first = await stage.swept(base + 10);
    assert.equal(first.archived, 1);
    assert.match(first.failed[0]?.reason ?? '', /can't be fetched: the history is damaged/);
    assert.deepEqual(await stage.stored(), ['run-well']);
    assert.equal(stage.reported.length, 1);
    const [trouble] = await places.store.sweeps.troubles(namespace);
    assert.ok(trouble?.nextAt);
    // Not before it is due, however often it is listed.
    server.failing.clear();
    assert.equal((await stage.swept(base + 20)).archived, 0);
    await places.store.sweeps.note(namespace, { ...trouble, nextAt: trouble.since });
    assert.equal((await stage.swept(base + 30)).archived, 1);
    assert.deepEqual(await places.store.sweeps.troubles(namespace), []);
  });

  it('gives a run up after a week, and says so', async () => {
    server.failing.set('run-ill', grpcError(15, 'the history is damaged'));
    const since = new Date(Date.now() - 8 * 24 * 60 * minute).toISOString();
    const trouble = { agent: 'ill', runId: 'run-ill', historyBytes: 1, since, attempts: 150, reason: 'x' };
    await places.store.sweeps.note(namespace, { ...trouble, nextAt: since });
    await stage.swept(base);
    assert.match(stage.reported.join('\n'), /run-ill of ill: .*; it is not tried again/);
    assert.equal((await places.store.sweeps.troubles(namespace))[0]?.nextAt, undefined);
    await stage.swept(base + 1);
    assert.equal(server.fetched.length, 1);
  });

  it('comes to what is due, however much was given up before, and leaves what was given up alone', async () => {
    const { sweeps } = places.store;
    await stage.giveUp(1_001);
    const since = new Date(Date.now() - minute).toISOString();
    const trouble = { agent: 'ill', runId: 'run-ill', historyBytes: 1, since, attempts: 1, reason: 'x' };
    await sweeps.note(namespace, { ...trouble, nextAt: since });
    server.add('lost-1001', base, base + 1);
    await stage.swept(base + 10);
    assert.deepEqual(server.fetched, ['run-ill']);
  });

  it('passes over what the server has deleted meanwhile', async () => {
    server.add('gone', base, base + 1);
    server.failing.set('run-gone', grpcError(5, 'not found'));
    const { failed } = await stage.swept(base + 10);
    assert.match(failed[0]?.reason ?? '', /Temporal does not have it any more/);
    assert.deepEqual(await places.store.sweeps.troubles(namespace), []);
  });

  it('does not read a history that would not fit into memory', async () => {
    server.add('huge', base, base + 1, 2_000_000);
    const { failed } = await stage.swept(base + 10);
    assert.match(failed[0]?.reason ?? '', /does not fit into the memory/);
    assert.deepEqual(server.fetched, []);
  });
});
