import assert from 'node:assert/strict';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { RunMemory } from '../../src/client/run-memory.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { type ReadRun, readRun } from '../../src/history/read-run.ts';
import { historyIn } from '../support/histories.ts';

const converter = loadDataConverter(dataConverter);
const { workflowId, history } = historyIn('cancelled.json');

describe('the memory of runs', () => {
  it('has a run that is over read once, however many want it at the same moment or later', async () => {
    const memory = new RunMemory();
    let readings = 0;
    const read = (): Promise<ReadRun> => {
      readings += 1;
      return readRun(workflowId, history.events ?? [], converter);
    };
    const both = await Promise.all([memory.runOrRead('r', read), memory.runOrRead('r', read)]);
    assert.equal(both[0], both[1]);
    assert.equal(await memory.runOrRead('r', read), both[0]);
    assert.equal(readings, 1);
    assert.equal(both[0].run.record.state.status, 'cancelled');
  });

  it('tries again what could not be read', async () => {
    const memory = new RunMemory();
    await assert.rejects(
      memory.runOrRead('r', () => Promise.reject(new Error('gone'))),
      /gone/,
    );
    const read = (): Promise<ReadRun> => readRun(workflowId, history.events ?? [], converter);
    assert.ok(await memory.runOrRead('r', read));
  });
});
