import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { chained, noLines } from '../../src/storage/audit-chain.ts';
import { checkAudit } from '../../src/storage/audit-check.ts';
import {
  AuditBroken,
  auditFileIn,
  auditFileOf,
  extendAudit,
  headFileOf,
  ownerProblem,
  readHead,
  type RunLines,
} from '../../src/storage/audit-file.ts';

const entry = (run: string, number: number) => ({
  ...{ version: 1, agent: 'desk', run, at: '2026-11-25T10:00:00.000Z', turn: number },
  ...{ what: 'status.changed', who: { name: `Zoë ${number % 3}` }, why: 'a "reason"\n' },
});
const runOf = (runId: string, count: number): RunLines => ({
  runId,
  entries: Array.from({ length: count }, (_, index) => entry(runId, index)),
});

const { text: whole, head: end } = chained(runOf('r1', 40).entries, noLines);
const linesOf = (text: string): string[] => text.split(/(?<=\n)/);
const whatIsWrong = (bytes: Buffer): string[] =>
  checkAudit(bytes, end).problems.map(({ line, problem }) => `${line} ${problem}`);

describe('an audit file', () => {
  it('is found to be whole when nobody has touched it', () => {
    assert.deepEqual(whatIsWrong(Buffer.from(whole)), []);
    assert.equal(checkAudit(Buffer.from(whole), end).lines.length, 40);
  });

  it('is found to be of another agent than the record of its end says', () => {
    const entries = runOf('r1', 3).entries.map((line, at) =>
      at === 0 ? { ...line, what: 'agent.started' } : line,
    );
    const { lines } = checkAudit(Buffer.from(chained(entries, noLines).text), undefined);
    const recorded = { ...end, version: 1 as const, agent: 'desk', firstRunId: 'r1', values: false };
    assert.equal(ownerProblem(lines, recorded), undefined);
    assert.equal(ownerProblem([], recorded), undefined);
    assert.match(ownerProblem(lines, { ...recorded, agent: 'clerk' })?.problem ?? '', /^is not of clerk/);
    assert.match(
      ownerProblem(lines, { ...recorded, firstRunId: 'r2' })?.problem ?? '',
      /beginning of run r2/,
    );
    // Its first runs are forgotten.
    assert.equal(ownerProblem(lines.slice(1), { ...recorded, firstRunId: 'r0' }), undefined);
  });

  it('is found to be changed whatever is done to it: 1,000 random manipulations', () => {
    const lines = linesOf(whole);
    const at = fc.nat(lines.length - 1);
    const bytes = Buffer.from(whole);
    const changed = fc.oneof(
      fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([place, by]) => {
        const copy = Buffer.from(bytes);
        copy[place] = (copy[place]! + by) % 256;
        return copy;
      }),
      fc
        .tuple(at, fc.integer({ min: 1, max: 5 }))
        .map(([from, count]) => Buffer.from(lines.toSpliced(from, count).join(''))),
      fc.tuple(at, at).map(([from, to]) => Buffer.from(lines.toSpliced(to, 0, lines[from]!).join(''))),
      fc
        .tuple(at, fc.string())
        .map(([place, more]) => Buffer.from(lines.toSpliced(place, 0, `${more}\n`).join(''))),
      fc
        .tuple(at, at)
        .filter(([one, other]) => one !== other)
        .map(([one, other]) => Buffer.from(lines.with(one, lines[other]!).with(other, lines[one]!).join(''))),
      fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length)),
      fc
        .tuple(fc.nat(bytes.length), fc.uint8Array({ minLength: 1, maxLength: 5 }))
        .map(([place, more]) => Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)])),
    );
    fc.assert(
      fc.property(changed, (copy) => {
        assert.ok(!copy.equals(bytes) && whatIsWrong(copy).length > 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is found to be changed by every single byte of it', () => {
    const bytes = Buffer.from(whole).subarray(0, 1_200);
    const { length } = linesOf(bytes.toString());
    for (let place = 0; place < bytes.length; place += 1)
      for (const by of [1, 32, 128]) {
        const copy = Buffer.from(whole);
        copy[place] = (copy[place]! + by) % 256;
        const [first] = checkAudit(copy, end).problems;
        assert.ok(first && first.line <= length + 1, `byte ${place} + ${by}`);
      }
  });

  it('is said to be what it is: edited, deleted, inserted, moved, cut off', () => {
    const lines = linesOf(whole);
    const said = (changed: readonly string[]): string[] => whatIsWrong(Buffer.from(changed.join('')));
    assert.deepEqual(said(lines.with(4, lines[4]!.replace('reason', 'season'))), [
      '5 was edited: it is not what its hash was made of',
    ]);
    assert.deepEqual(said(lines.toSpliced(4, 3)), ['5 lines 5-7 before it: 3 deleted']);
    assert.deepEqual(said(lines.toSpliced(9, 0, lines[2]!)), [
      '10 was inserted: the line with its number is another one',
    ]);
    assert.deepEqual(said(lines.with(2, lines[6]!).with(6, lines[2]!)), [
      '3 was moved: it is line 7',
      '7 was moved: it is line 3',
    ]);
    assert.deepEqual(said(lines.toSpliced(4, 1).with(1, 'nothing\n')), [
      '2 was edited: it is not what its hash was made of',
      '5 line 5 before it: 1 deleted',
    ]);
    assert.deepEqual(said(lines.slice(0, 30)), ['31 the file was cut off: 40 lines were recorded']);
    assert.deepEqual(said([...lines.slice(0, 39), lines[39]!.slice(0, 20)]), [
      '40 is cut off in its middle',
      '40 the file was cut off: 40 lines were recorded',
    ]);
    assert.match(checkAudit(Buffer.from(whole), undefined).problems[0]!.problem, /^no end is recorded/);
  });

  it('is found to be made anew from some line on, which hashes alone would not show', () => {
    const lines = linesOf(whole);
    const start = JSON.parse(lines[19]!) as { hash: string };
    const forged = chained(runOf('r1', 20).entries, { count: 20, hash: start.hash }).text;
    assert.deepEqual(whatIsWrong(Buffer.from(lines.slice(0, 20).join('') + forged)), [
      '40 is not the line that was recorded as the last one',
    ]);
    const longer = chained([entry('r1', 41)], end).text;
    assert.match(whatIsWrong(Buffer.from(whole + longer))[0]!, /^41 lines behind the recorded end/);
  });
});

describe('exporting an audit', () => {
  let folder: string;
  let file: string;
  const owner = { agent: 'desk', firstRunId: 'r1', values: false };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-audit-'));
    file = join(folder, 'audit', 'desk.jsonl');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const text = (): string => readFileSync(file, 'utf8');
  const isWhole = async (): Promise<boolean> =>
    checkAudit(readFileSync(file), await readHead(file)).problems.length === 0;

  it('adds only what is new, in whatever parts it comes', async () => {
    assert.equal((await extendAudit(file, owner, [runOf('r1', 5)])).added, 5);
    assert.equal((await extendAudit(file, owner, [runOf('r1', 5)])).added, 0);
    assert.equal((await extendAudit(file, owner, [runOf('r1', 8), runOf('r2', 3)])).added, 6);
    assert.equal((await extendAudit(file, owner, [runOf('r2', 4)])).added, 1);
    assert.ok(await isWhole());
    const { text: all } = chained([...runOf('r1', 8).entries, ...runOf('r2', 4).entries], noLines);
    assert.equal(text(), all);
  });

  it('completes what was interrupted, wherever that was', async () => {
    const runs = [runOf('r1', 3), runOf('r2', 3)];
    await extendAudit(file, owner, runs.slice(0, 1));
    const [before, head] = [readFileSync(file), readFileSync(headFileOf(file))];
    await extendAudit(file, owner, runs);
    const all = readFileSync(file);
    for (let length = before.length; length <= all.length; length += 5) {
      // Written so far, with the end not recorded yet.
      writeFileSync(file, all.subarray(0, length));
      writeFileSync(headFileOf(file), head);
      await extendAudit(file, owner, runs);
      assert.deepEqual(readFileSync(file), all);
      assert.ok(await isWhole(), `${length} bytes`);
    }
    rmSync(headFileOf(file));
    await extendAudit(file, owner, runs);
    assert.ok(await isWhole());
  });

  it('gives the same file when several do it at once', async () => {
    const runs = Array.from({ length: 6 }, (_, index) => runOf(`r${index}`, 4));
    await Promise.all(runs.map((_, index) => extendAudit(file, owner, runs.slice(0, index + 1))));
    // Whose end is recorded last is chance; the next export sets it right.
    await extendAudit(file, owner, runs);
    assert.ok(await isWhole());
    assert.equal(
      text(),
      chained(
        runs.flatMap(({ entries }) => entries),
        noLines,
      ).text,
    );
  });

  it('refuses a file that does not go on as the history does, names it, and changes nothing', async () => {
    await extendAudit(file, owner, [runOf('r1', 6)]);
    const good = text();
    const lines = linesOf(good);
    const other = chained([{ ...entry('r1', 0), why: 'forged' }], noLines).text;
    const more = chained([entry('r9', 0)], (await readHead(file))!).text;
    for (const bad of [
      lines.toSpliced(2, 1).join(''),
      good.replace('reason', 'season'),
      lines.slice(0, 4).join(''),
      other,
      `${good}{"half of a line`,
      good + more,
    ]) {
      writeFileSync(file, bad);
      await assert.rejects(extendAudit(file, owner, [runOf('r1', 7)]), (error: Error) => {
        return error instanceof AuditBroken && error.message.includes(file);
      });
      assert.equal(text(), bad);
    }
    writeFileSync(file, good);
    await assert.rejects(extendAudit(file, { ...owner, values: true }, [runOf('r1', 7)]), /holds hashes/);
    await assert.rejects(
      extendAudit(file, { ...owner, firstRunId: 'r7' }, [runOf('r7', 1)]),
      /the audit of desk/,
    );
    await assert.rejects(extendAudit(file, owner, [runOf('r1', 5)]), AuditBroken);
    assert.equal((await extendAudit(file, owner, [runOf('r1', 7)])).added, 1);
  });

  it('goes on in a file that was begun when files had other names, if it is of the same agent', async () => {
    const [firstRunId, another] = [
      '0198c2d4-7f6b-7a3e-9d5c-0123456789ab',
      '0198c2d4-7f6b-7a3e-9d5c-ba9876543210',
    ];
    const earlier = join(folder, 'desk.0198c2d4.jsonl');
    const now = auditFileIn(folder, { agent: 'desk', firstRunId });
    assert.equal(await auditFileOf(folder, { agent: 'desk', firstRunId }), now);
    await extendAudit(earlier, { ...owner, firstRunId }, [runOf('r1', 3)]);
    assert.equal(await auditFileOf(folder, { agent: 'desk', firstRunId }), earlier);
    // The id was used again within the same minute.
    const other = { agent: 'desk', firstRunId: another };
    assert.equal(await auditFileOf(folder, other), auditFileIn(folder, other));
    await extendAudit(now, { ...owner, firstRunId }, [runOf('r1', 3)]);
    assert.equal(await auditFileOf(folder, { agent: 'desk', firstRunId }), now);
  });

  it('has a file for each agent, whatever its id is', () => {
    const names = fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' });
    fc.assert(
      fc.property(names, names, (one, other) => {
        const [first, second] = [one, other].map((agent) =>
          auditFileIn('f', { agent, firstRunId: '0198-aa' }),
        );
        assert.match(first!, /^f\/[^/.][^/]{0,200}$/u);
        assert.equal(first?.toLowerCase() === second?.toLowerCase(), one === other);
      }),
    );
    assert.equal(
      auditFileIn('f', { agent: 'desk-1', firstRunId: '0198c2d4-7f6b-7a3e-9d5c-0123456789ab' }),
      join('f', 'desk-1.0123456789ab.jsonl'),
    );
  });
});
