import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { archivedRun } from '../../src/archive/archived-run.ts';
import { basesOf, entriesOf, type WholeRun } from '../../src/archive/audit-runs.ts';
import { AuditEntry } from '../../src/contracts/audit.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { decodeHistory, encodeHistory } from '../../src/history/encoded.ts';
import { readRun } from '../../src/history/read-run.ts';
import { auditFileIn, extendAudit } from '../../src/storage/audit-file.ts';
import { AuditReader } from '../../src/storage/audit-reader.ts';
import { openArchive } from '../../src/storage/sqlite-archive.ts';
import { historyIn, recorded } from '../support/histories.ts';

const converter = loadDataConverter(dataConverter);

async function wholeRun(file: string, length?: number): Promise<WholeRun> {
  const { history, workflowId, runId } = historyIn(file);
  const events = (history.events ?? []).slice(0, length);
  return { runId, events, read: await readRun(workflowId, events, converter) };
}

describe('a recorded history', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'perdure-recorded-'))));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const file of recorded) {
    it(`is the same agent after it was archived: ${file}`, async () => {
      const { runId, events, read } = await wholeRun(file);
      const agent = read.record.state.agentId;
      const store = openArchive(join(folder, `${file}.sqlite`), (message) => new Error(message));
      const run = archivedRun({ namespace: 'default', agent, runId }, events, read);
      assert.ok(run);
      await store.keep(run, encodeHistory(events));
      const back = decodeHistory((await store.history(runId))!);
      await store.close();
      assert.equal(back.length, events.length);
      const again = await readRun(agent, back, converter);
      assert.deepEqual(again.record.state, read.record.state);
      assert.deepEqual(again.record.events, read.record.events);
      assert.deepEqual([again.runId, again.previousRunId], [read.runId, read.previousRunId]);
      assert.equal(run.turn, read.record.state.turn);
      assert.equal(run.definition, read.record.state.start.agent);
    });

    it(`has an audit that says the same however far it has come: ${file}`, async () => {
      const run = await wholeRun(file);
      for (const values of [false, true]) {
        const all = await entriesOf(run, values);
        for (const entry of all) AuditEntry.parse(entry);
        assert.deepEqual(await entriesOf(await wholeRun(file), values), all);
        assert.equal(all.at(-1)?.what, 'run.closed');
        // Every history is read this often anyway in test/history; here some lengths of each show it.
        for (let length = 1; length < run.events.length; length += 9) {
          if (run.events[length]?.markerRecordedEventAttributes?.markerName === 'core_patch') continue;
          const part = await entriesOf(await wholeRun(file, length), values);
          assert.deepEqual(part, all.slice(0, part.length), `${length} events`);
        }
      }
    });

    it(`has an audit in which every call has a beginning, a leave and an end: ${file}`, async () => {
      const run = await wholeRun(file);
      const { initial, state } = run.read.record;
      const lines = await entriesOf(run, false);
      const named = (what: string) => lines.filter((line) => line.what === what).map(({ call }) => call);
      const carried = initial.calls.map(({ index }) => `t${initial.turn}-${index + 1}`);
      const [proposed, ended] = [[...carried, ...named('call.proposed')], named('call.ended')];
      assert.equal(new Set(ended).size, ended.length);
      for (const call of [...ended, ...named('call.started'), ...named('approval.asked')])
        assert.ok(call === undefined || proposed.includes(call), `${call} was proposed`);
      const open = state.outcome?.status === 'completed' ? [] : proposed;
      for (const call of named('call.proposed')) assert.ok(ended.includes(call) || open.includes(call), call);
      for (const { what, why } of lines) if (what === 'call.started') assert.ok(why);
    });
  }

  it('says who decided what, and by which rule they were asked', async () => {
    const lines = await entriesOf(await wholeRun('approvals.json'), true);
    const asked = lines.filter(({ what }) => what === 'approval.asked');
    const decided = lines.filter(({ what }) => what === 'approval.decided');
    assert.ok(asked.length > 1 && decided.length > 1);
    for (const { why, args } of asked) assert.ok(why !== undefined && args && 'value' in args);
    for (const { approval, who, decision } of decided) {
      assert.ok(asked.some((one) => one.approval === approval));
      assert.ok(who.name !== 'agent' && decision !== undefined);
    }
  });

  it('of a fork says whose it is, and what was only read from the record', async () => {
    const lines = await entriesOf(await wholeRun('followed.json'), false);
    assert.match(lines[0]?.why ?? '', /^fork of .+@1 with recorded tools$/);
    assert.equal(lines.filter(({ what }) => what === 'call.started').length, 0);
    const onRecord = 'on the record of the agent that was forked';
    const models = lines.filter(({ what }) => what === 'model.replied');
    assert.ok(models.length > 0 && models.every(({ why }) => why === onRecord));
    const written = lines.filter(({ tool }) => tool === 'write_file');
    assert.deepEqual(
      written.map(({ what, who, why, to }) => [what, who.name, why, to]),
      [
        ['call.proposed', models[0]?.who.name, onRecord, undefined],
        ['call.ended', 'write_file', onRecord, 'succeeded'],
      ],
    );
    const taken = lines.filter(({ what, turn }) => what.startsWith('call.') && turn === 1);
    assert.ok(taken.length > 0 && taken.every(({ why }) => why === onRecord));
    const own = lines.find(({ what, tool }) => what === 'call.ended' && tool === 'finish');
    assert.equal(own?.why, undefined);
    // One that goes its own way is asked again, and says what is different.
    const other = await entriesOf(await wholeRun('forked.json'), false);
    assert.match(other[0]?.why ?? '', /; different: results, model$/);
    const ended = other.filter(({ what, tool }) => what === 'call.ended' && tool === 'write_file');
    assert.deepEqual(
      ended.map(({ to, why }) => [to, why?.split(':')[0]]),
      [
        ['succeeded', onRecord],
        ['failed', 'Proposed'],
      ],
    );
  });

  it('of one that was reset names the run that it was reset from', async () => {
    const run = await wholeRun('rewound.json');
    // The beginning of its history names that one as well.
    const base = historyIn('rewound.json').runId;
    assert.deepEqual(basesOf(run), [base]);
    assert.notEqual(run.read.runId, base);
    assert.deepEqual(basesOf(await wholeRun('waits.json')), []);
  });

  it('of several runs becomes one file, in whatever order they are archived', async () => {
    const runs = await Promise.all(['many-turns.json', 'many-turns-2.json'].map((file) => wholeRun(file)));
    const lines = await Promise.all(
      runs.map(async (run) => ({ runId: run.runId, entries: await entriesOf(run, false) })),
    );
    const { agentId: agent, firstRunId } = runs[0]!.read.record.state;
    const owner = { agent, firstRunId, values: false };
    const file = auditFileIn(join(folder, 'audit'), owner);
    await extendAudit(file, owner, lines.slice(0, 1));
    assert.deepEqual([...(await new AuditReader().runs(file))], [[runs[0]!.runId, true]]);
    await extendAudit(file, owner, lines);
    await extendAudit(file, owner, lines.slice(1));
    const [one, other] = [
      readFileSync(file, 'utf8').split('\n').length - 1,
      lines.flatMap(({ entries }) => entries),
    ];
    assert.equal(one, other.length);
  });
});
