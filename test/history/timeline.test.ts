import assert from 'node:assert/strict';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { ContextEntry } from '../../src/contracts/state.ts';
import { Timeline, type TimelineItem, TimelineKind } from '../../src/contracts/timeline.ts';
import { advance } from '../../src/core/advance.ts';
import { canonicalJson } from '../../src/core/hash.ts';
import { entryOf } from '../../src/core/timeline/entries.ts';
import { joinRuns } from '../../src/core/timeline/join-runs.ts';
import { timelineOf } from '../../src/core/timeline/project-run.ts';
import { type ReadRun, readRun } from '../../src/history/read-run.ts';
import { historyIn, recorded } from '../support/histories.ts';
import { partsOf } from '../support/split-run.ts';
import { assertToldOnce } from '../support/told-once.ts';

/** Each is two folds more. */
const MAX_SPLITS = 25;

const converter = loadDataConverter(dataConverter);

async function fold(file: string): Promise<ReadRun & { items: TimelineItem[] }> {
  const { workflowId, history } = historyIn(file);
  const run = await readRun(workflowId, history.events ?? [], converter);
  return { ...run, items: timelineOf(run.record, run.steps) };
}

describe('the timeline of a recorded agent', () => {
  for (const file of recorded) {
    it(`tells everything once: ${file}`, async () => {
      const { record, items } = await fold(file);
      assertToldOnce(items, record);
      const page = { agent: 'a', firstTurn: 0, lastTurn: record.state.turn, items, runs: [] };
      assert.deepEqual(Timeline.parse(page).items, items, 'it is what its schema says');
    });

    it(`knows what each step of its history took: ${file}`, async () => {
      const { record, steps, items } = await fold(file);
      assert.equal(steps.size, record.started.length);
      const asked = items.filter((item) => item.kind === 'model');
      // Of what a fork takes from the record no model was asked.
      const read = record.events.filter((event) => event.type === 'record-read' && event.recorded.reply);
      const count = record.started.filter(({ type }) => type === 'call-model').length;
      assert.equal(asked.length, count + read.length);
      assert.equal(asked.filter(({ step }) => step?.activity === 'callModel').length, count);
      for (const { step, at, endedAt } of asked) {
        if (read.length === 0) assert.equal(step?.activity, 'callModel');
        assert.ok(endedAt === undefined || endedAt >= at);
      }
      for (const item of items)
        if (item.kind === 'call' && item.args.executed && item.effect !== 'command')
          assert.ok(
            // What only reads is done in the step that got the reply.
            item.steps.some(({ activity }) => activity.startsWith('run') || activity === 'callModel'),
            item.id,
          );
    });

    it(`has the conversation in it, word for word: ${file}`, async () => {
      const { record, items } = await fold(file);
      const inherited = new Set(record.initial.context);
      const own = record.entries.filter(
        (entry) => !inherited.has(entry) && entry.turn > (record.state.origin?.turn ?? -1),
      );
      // Replies are told when they came, results when each came; the conversation has them by the turn.
      const words = (entries: readonly ContextEntry[]): string[] =>
        entries.map((entry) => canonicalJson({ ...entry, at: 0 })).toSorted();
      assert.deepEqual(words(items.flatMap((item) => entryOf(item, items) ?? [])), words(own));
    });

    it(`is the same in one piece as in two runs, wherever one ends: ${file}`, async () => {
      const { record, steps, items } = await fold(file);
      const whole = joinRuns([items]);
      let splits = 0;
      const stride = Math.ceil(record.events.length / MAX_SPLITS);
      for (let place = 1; place < record.events.length; place += stride) {
        const parts = partsOf(record, steps, place);
        if (!parts) continue;
        splits += 1;
        const joined = joinRuns(parts.map((part) => timelineOf(part.run, part.steps)));
        assert.deepEqual(joined, whole, `after event ${place}`);
      }
      assert.ok(splits > 0 || record.events.length < 5);
    });
  }

  it('goes on where the run before it ended', async () => {
    const [first, second] = [await fold('many-turns.json'), await fold('many-turns-2.json')];
    const joined = joinRuns([first.items, second.items]);
    const events = [...first.record.events, ...second.record.events];
    const carried = joined.filter(({ carried: isCarried }) => isCarried);
    assert.deepEqual(carried, []);
    assert.equal(new Set(joined.map(({ id }) => id)).size, joined.length);
    const turns = joined.filter(({ kind }) => kind === 'turn').map(({ turn }) => turn);
    assert.deepEqual(
      turns,
      Array.from({ length: second.record.state.turn }, (_, index) => index + 1),
    );
    assert.ok(events.reduce(advance, first.record.initial).turn === second.record.state.turn);
  });

  it('has every kind of item somewhere', async () => {
    const kinds = new Set<string>();
    for (const file of recorded) for (const { kind } of (await fold(file)).items) kinds.add(kind);
    const elsewhere = ['crew', 'condensed', 'gap'];
    assert.deepEqual(
      TimelineKind.options.filter((kind) => !kinds.has(kind)),
      elsewhere,
    );
  });
});
