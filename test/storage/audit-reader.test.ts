import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chained, noLines } from '../../src/storage/audit-chain.ts';
import { checkAudit } from '../../src/storage/audit-check.ts';
import { AuditBroken, extendAudit, readHead, type RunLines } from '../../src/storage/audit-file.ts';
import { AuditReader } from '../../src/storage/audit-reader.ts';

const runOf = (runId: string, count: number, isClosed = true): RunLines => ({
  runId,
  entries: Array.from({ length: count }, (_, index) => ({
    ...{ version: 1, agent: 'desk', run: runId, turn: index },
    what: isClosed && index === count - 1 ? 'run.closed' : 'status.changed',
  })),
});
const owner = { agent: 'desk', firstRunId: 'r1', values: false };

describe('reading audits again and again', () => {
  let folder: string;
  let file: string;
  let reader: AuditReader;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-audits-'));
    file = join(folder, 'desk.jsonl');
    reader = new AuditReader();
    await extendAudit(file, owner, [runOf('r1', 50)]);
    await reader.runs(file);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const extend = (...runs: RunLines[]) => extendAudit(file, owner, runs, reader);
  const runs = async (): Promise<object> => Object.fromEntries(await reader.runs(file));
  const isWhole = async (): Promise<boolean> =>
    checkAudit(readFileSync(file), await readHead(file)).problems.length === 0;
  /** Changes the first line and nothing about the length of the file. */
  const forgeBeginning = (): void => {
    writeFileSync(file, readFileSync(file, 'utf8').replace('status.changed', 'status.forged!'));
  };

  it('tells of each run whether all of it is there, as far as anybody has written', async () => {
    assert.deepEqual(await runs(), { r1: true });
    await extend(runOf('r2', 3, false));
    assert.deepEqual(await runs(), { r1: true, r2: false });
    await extendAudit(file, owner, [runOf('r2', 3, false), runOf('r3', 2)]);
    assert.deepEqual(await runs(), { r1: true, r2: false, r3: true });
    assert.deepEqual(await reader.runs(join(folder, 'none.jsonl')), new Map());
  });

  it('adds the same as whoever reads all of it', async () => {
    const all = [runOf('r1', 50), runOf('r2', 1), runOf('r3', 7, false), runOf('r3', 9), runOf('r4', 2)];
    for (const run of all) {
      await extend(run);
      if (run.runId !== 'r2') await reader.runs(file);
    }
    await extend(runOf('r2', 1), runOf('r3', 9));
    assert.ok(await isWhole());
    const entries = [all[0]!, all[1]!, all[3]!, all[4]!].flatMap((run) => run.entries);
    assert.equal(readFileSync(file, 'utf8'), chained(entries, noLines).text);
  });

  it('looks at the beginning of a file but once', async () => {
    forgeBeginning();
    assert.equal((await extend(runOf('r2', 2))).added, 2);
    assert.deepEqual(await runs(), { r1: true, r2: true });
    assert.equal(await isWhole(), false);
    await assert.rejects(extendAudit(file, owner, [runOf('r3', 1)]), /line 1 was edited/);
    // What is said to be there already is compared with what is.
    await assert.rejects(extend(runOf('r1', 50)), AuditBroken);
  });

  it('follows on nothing but what it knows to be the end', async () => {
    const good = readFileSync(file);
    const recorded = await readHead(file);
    const forged = chained(runOf('r1', 50, false).entries, noLines).text;
    const stranger = chained(runOf('r9', 1).entries, recorded ?? noLines).text;
    for (const bad of [
      good.subarray(0, good.length - 10),
      good.subarray(0, good.length >> 1),
      Buffer.from(forged),
      Buffer.concat([good, good.subarray(0, good.indexOf(0x0a) + 1)]),
      Buffer.concat([good, Buffer.from(stranger)]),
      Buffer.concat([good, Buffer.from('half of a line')]),
    ]) {
      writeFileSync(file, bad);
      await assert.rejects(extend(runOf('r2', 2)), AuditBroken);
      writeFileSync(file, good);
    }
    assert.equal((await extend(runOf('r2', 2))).added, 2);
    assert.ok(await isWhole());
  });

  it('completes what was interrupted', async () => {
    const before = readFileSync(file).length;
    const head = readFileSync(join(folder, 'desk.head.json'));
    await extend(runOf('r2', 4));
    const all = readFileSync(file);
    for (let length = before; length <= all.length; length += 31) {
      writeFileSync(file, all.subarray(0, length));
      writeFileSync(join(folder, 'desk.head.json'), head);
      if (length % 2 === 0) await reader.runs(file);
      await extend(runOf('r2', 4));
      assert.deepEqual(readFileSync(file), all);
      assert.ok(await isWhole(), `${length} bytes`);
    }
  });
});
