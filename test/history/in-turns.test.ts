import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { entriesOf } from '../../src/archive/audit-runs.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { inTurns } from '../../src/history/in-turns.ts';
import { readRun } from '../../src/history/read-run.ts';
import { historyIn } from '../support/histories.ts';

/** How often others have their turn while something is done, on a machine on which everything takes a minute. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let [minutes, turns, isOver] = [0, 0, false];
  const others = (async () => {
    for (; !isOver; turns += 1) await othersTurn();
  })();
  const clock = mock.method(performance, 'now', () => 60_000 * minutes++);
  try {
    await work();
  } finally {
    clock.mock.restore();
    isOver = true;
  }
  await others;
  return turns;
}

describe('what takes long', () => {
  it('is done in order, and in one go where it takes no time', async () => {
    const done: number[] = [];
    let turns = 0;
    setImmediate(() => (turns += 1));
    await inTurns([5, 6, 7], async (item, index) => {
      await Promise.resolve();
      done.push(item + index);
    });
    assert.deepEqual([done, turns], [[5, 7, 9], 0]);
  });

  it('leaves others their turns: reading a history, and making an audit of it', async () => {
    const { history, workflowId, runId } = historyIn('many-turns.json');
    const events = history.events ?? [];
    const read = () => readRun(workflowId, events, loadDataConverter(dataConverter));
    const run = await read();
    const activations = events.filter((event) => event.workflowTaskCompletedEventAttributes).length;
    assert.ok((await turnsDuring(read)) >= events.length + activations);
    const entries = () => entriesOf({ runId, events, read: run }, false);
    assert.ok((await turnsDuring(entries)) >= (await entries()).length);
  });
});
