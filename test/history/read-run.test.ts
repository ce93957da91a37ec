import assert from 'node:assert/strict';
import * as z from 'zod';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { Payload } from '@temporalio/common';
import { type ReadRun, readRun } from '../../src/history/read-run.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { advance } from '../../src/core/advance.ts';
import { askedApproval } from '../../src/core/asked-approval.ts';
import { stateAtTurn, transcriptPage } from '../../src/core/run-views.ts';
import { readState } from '../../src/core/upcast.ts';
import { HistoryMismatch } from '../../src/core/fold-run.ts';
import { historyIn, mustFail, recorded } from '../support/histories.ts';

const converter = loadDataConverter(dataConverter);
const decoded = async (payloads: Payload[] | null | undefined): Promise<unknown[]> =>
  JSON.parse(JSON.stringify(await decodeArrayFromPayloads(converter, payloads))) as unknown[];
const eventsOf = (file: string) => historyIn(file).history.events ?? [];

function fold(file: string): Promise<ReadRun> {
  return readRun(historyIn(file).workflowId, eventsOf(file), converter);
}

describe('a run that is read from its history', () => {
  for (const file of recorded) {
    it(`ends as the agent did: ${file}`, async () => {
      const { record, unread } = await fold(file);
      const { state } = record;
      const last = eventsOf(file).at(-1);
      const completed = last?.workflowExecutionCompletedEventAttributes;
      const continued = last?.workflowExecutionContinuedAsNewEventAttributes;
      if (completed) {
        const [result] = await decoded(completed.result?.payloads);
        const { outcome, turn: turns, usage } = state;
        assert.ok(outcome);
        assert.deepEqual(result, { ...outcome, turns, usage });
      } else if (continued) {
        // All that the next run was given, so all that an agent is; the history may be older than the state's version.
        const [, carried] = await decoded(continued.input?.payloads);
        const plain = JSON.parse(JSON.stringify(state)) as unknown;
        assert.deepEqual(readState(z.object({ state: z.unknown() }).parse(carried).state), readState(plain));
      } else {
        assert.ok(last?.workflowExecutionCanceledEventAttributes);
        assert.equal(state.status, 'cancelled');
      }
      assert.equal(unread, 0);
    });

    it(`knows every checkpoint on the way: ${file}`, async () => {
      const { record } = await fold(file);
      const { checkpoint, start } = record.initial;
      for (let turn = start.fork?.turn ?? checkpoint; turn <= record.state.checkpoint; turn += 1) {
        const found = stateAtTurn(record, turn, undefined);
        assert.ok(found.ok);
        assert.ok(found.state.checkpoint >= turn);
      }
      assert.equal(stateAtTurn(record, record.state.checkpoint + 1, undefined).ok, false);
    });

    it(`is told up to any moment, and says what nobody has read yet: ${file}`, async () => {
      const { workflowId } = historyIn(file);
      const events = eventsOf(file);
      const whole = (await fold(file)).record;
      for (let length = 1; length < events.length; length += 1) {
        // The marker of a change is written together with the task that it counts for, so no history ends between.
        if (events[length]?.markerRecordedEventAttributes?.markerName === 'core_patch') continue;
        const { record } = await readRun(workflowId, events.slice(0, length), converter);
        assert.deepEqual(record.events, whole.events.slice(0, record.events.length));
      }
    });
  }

  it('tells of the turns that it began with and of its own', async () => {
    const [first, second] = [await fold('many-turns.json'), await fold('many-turns-2.json')];
    assert.equal(second.previousRunId, first.runId);
    const page = transcriptPage(second.record, {}, second.previousRunId);
    assert.equal(page.lastTurn, 17);
    assert.ok(page.entries.some(({ turn }) => turn === 17));
  });

  it('has a checkpoint where it begins, and of earlier turns says in which run they were', async () => {
    const { record, previousRunId } = await fold('many-turns-2.json');
    const { checkpoint } = record.initial;
    const begun = stateAtTurn(record, checkpoint, previousRunId);
    assert.ok(begun.ok && begun.state === record.initial);
    const earlier = stateAtTurn(record, checkpoint - 1, previousRunId);
    const message = `this run starts at turn ${checkpoint}; turn ${checkpoint - 1} belongs to run ${previousRunId} or one before it`;
    assert.deepEqual(earlier, { ok: false, rejection: { type: 'NotFound', message } });
  });

  for (const file of mustFail)
    it(`is not made up from another workflow's history: ${file}`, async () => {
      await assert.rejects(fold(file), HistoryMismatch);
    });

  it('is not made up when a model was asked with another conversation', async () => {
    const events = structuredClone(eventsOf('waits.json')).map((event) => {
      // Somebody's answer that the history does not hold as it was.
      const signal = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
      return signal?.name === 'message'
        ? { ...event, workflowExecutionUpdateAcceptedEventAttributes: null }
        : event;
    });
    await assert.rejects(readRun('waits', events, converter), HistoryMismatch);
  });
});

describe('an approval in a history', () => {
  it('is found as it was asked with what became of it, also long after it was closed', async () => {
    const { record } = await fold('approvals.json');
    const asked = new Map<string, unknown>();
    let state = record.initial;
    for (const event of record.events) {
      state = advance(state, event);
      for (const approval of state.approvals)
        if (approval.status === 'open') asked.set(approval.id, approval.args);
    }
    assert.ok(asked.size > 1);
    for (const [id, args] of asked) {
      const { approval, isWhole } = askedApproval(record, id) ?? assert.fail();
      assert.ok(isWhole);
      assert.deepEqual(approval.args, args);
      assert.notEqual(approval.status, 'open');
      if (approval.status === 'decided') assert.equal(approval.decisions.length, 1);
    }
    assert.equal(askedApproval(record, 't1-1-none'), undefined);
  });
});
