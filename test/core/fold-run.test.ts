import assert from 'node:assert/strict';
import { EDITION } from '../../src/contracts/definition.ts';
import type { Activation, Incoming } from '../../src/core/activation.ts';
import { changeNames } from '../../src/core/changes.ts';
import { HistoryMismatch } from '../../src/core/fold-run.ts';
import { call, definitionOf, manifests, reply, startedAgent, TestAgent } from '../support/agent-builder.ts';
import { foldRun } from '../support/fold-run.ts';

const T = Date.parse('2026-03-02T09:00:00Z');
const told = (at: number, incoming: Incoming[], more: Partial<Activation> = {}): Activation => ({
  at,
  incoming,
  continueAsNewSuggested: false,
  changes: [],
  ...more,
});
const says = (id: string): Incoming => ({
  type: 'signal',
  name: 'message',
  payload: { text: id, by: 'ann', id },
});
const answered = (step: number, value: unknown): Incoming => ({ type: 'step-answered', step, value });
const looked = answered(1, [{ type: 'succeeded', result: 'seen' }]);

/** An agent that asks its model (step 0), which asks for a pure call (step 1, a local one). */
function fold(...activations: Activation[]) {
  const asking = answered(0, reply('Looking.', [call('look', { what: 'a' })]));
  return foldRun(startedAgent().state, [told(T, []), told(T + 10, [asking]), ...activations]);
}
const typesOf = (run: ReturnType<typeof foldRun>) => run.events.map(({ type, at }) => [type, at - T]);

describe('a run that is folded', () => {
  it('hears messages before steps that ended, however the history has them', () => {
    const asking = answered(0, reply('Looking.', [call('look', { what: 'a' })]));
    const run = foldRun(startedAgent().state, [told(T, []), told(T + 10, [asking, says('m1')])]);
    assert.deepEqual(typesOf(run), [
      ['message-received', 10],
      ['model-replied', 10],
    ]);
  });

  it('hears nothing else while a local step is in flight', () => {
    const run = fold(told(T + 20, [says('m1')]), told(T + 30, [looked]));
    assert.deepEqual(typesOf(run), [
      ['model-replied', 10],
      ['batch-ended', 30],
      ['message-received', 30],
    ]);
  });

  it('heard of a local step with the next task if nothing came of it in its own', () => {
    const late = told(T + 20, [looked], { nextAt: T + 25 });
    assert.deepEqual(typesOf(fold(late, told(T + 25, [says('m1')]))), [
      ['model-replied', 10],
      ['batch-ended', 25],
      ['message-received', 25],
    ]);
  });

  it('heard of it in its own task if something came of it there', () => {
    assert.deepEqual(typesOf(fold(told(T + 20, [looked]))).at(-1), ['batch-ended', 20]);
  });

  it('goes round once between the end of a local step and what was held back', () => {
    const asking = answered(0, reply('Looking.', [call('look', { what: 'a' })]));
    const pause: Incoming = { type: 'signal', name: 'pause', payload: { by: 'ann' } };
    const run = foldRun(startedAgent().state, [
      told(T, []),
      told(T + 10, [asking]),
      // Held back itself, so that the agent is not paused before the batch has ended.
      told(T + 12, [pause]),
      told(T + 20, [looked]),
    ]);
    assert.deepEqual(typesOf(run), [
      ['model-replied', 10],
      ['batch-ended', 20],
      ['message-received', 20],
    ]);
    // The loop had gone round before, and the model was asked again.
    assert.equal(run.started.length, 3);
  });

  it('goes by the rules that its marker tells of, or by those that came with its definition', () => {
    const ruledBy = (edition: number | undefined, changes: string[]): number | undefined => {
      const loaded = { definition: definitionOf({ definition: { edition } }), manifests };
      const value = JSON.parse(JSON.stringify(loaded)) as unknown;
      const { state } = foldRun(new TestAgent().state, [
        told(T, [], { changes }),
        told(T + 1, [answered(0, value)]),
      ]);
      return state.definition?.edition;
    };
    assert.equal(ruledBy(undefined, [changeNames.edition]), EDITION);
    assert.equal(ruledBy(undefined, [changeNames.stepTimes]), undefined);
    assert.equal(ruledBy(2, [changeNames.stepTimes]), 2);
  });

  describe('since steps have the times of their tasks', () => {
    const began = told(T, [], { changes: [changeNames.stepTimes, changeNames.resets] });
    const asked = told(T + 10, [answered(0, reply('Looking.', [call('look', { what: 'a' })]))]);
    const timed = (...activations: Activation[]) =>
      typesOf(foldRun(startedAgent().state, [began, asked, ...activations]));

    it('gives what follows from a local step the time at which it began, whenever it was heard of', () => {
      const expected = [
        ['model-replied', 10],
        ['batch-ended', 10],
        ['message-received', 25],
      ];
      const says25 = told(T + 25, [says('m1')]);
      assert.deepEqual(timed(told(T + 20, [looked], { nextAt: T + 25 }), says25), expected);
      assert.deepEqual(timed(says25, told(T + 30, [looked])), expected);
    });

    it('hears of a reset with what is told once more, at the same time', () => {
      const decide: Incoming = {
        type: 'signal',
        name: 'grant',
        payload: { tool: 'look', until: new Date(T + 86_400_000).toISOString(), by: 'ann' },
      };
      const run = foldRun(startedAgent().state, [
        began,
        asked,
        told(T + 25, [decide], { isReset: true }),
        told(T + 30, [looked]),
      ]);
      assert.deepEqual(typesOf(run), [
        ['model-replied', 10],
        ['batch-ended', 10],
        ['reset', 25],
        ['message-received', 25],
      ]);
      assert.deepEqual(run.state.standing, []);
    });
  });

  it('is not full because of what was said with the end of a local step', () => {
    const late = told(T + 20, [looked], { nextAt: T + 25 });
    const full = { continueAsNewSuggested: true };
    // The batch ended in a task that did not suggest a new run, whenever the workflow heard of it.
    assert.equal(fold(late, told(T + 25, [], full)).started.length, 3);
    // What is held back counts from when it is told.
    const held = fold(told(T + 12, [says('m1')], full), told(T + 20, [looked]));
    assert.equal(held.started.length, 3);
    // Anything else that suggests it comes before.
    const run = foldRun(startedAgent().state, [
      told(T, []),
      told(T + 10, [answered(0, reply('Looking.', [call('look', { what: 'a' })]))], full),
    ]);
    assert.equal(run.started.length, 1);
  });

  it('counts steps as the workflow starts them, and knows none that it would not have started', () => {
    const run = fold(told(T + 20, [looked]));
    assert.deepEqual(
      run.started.map(({ type }) => type),
      ['call-model', 'run-batch', 'call-model'],
    );
    assert.throws(() => fold(told(T + 20, [answered(7, {})])), HistoryMismatch);
  });

  it('handles what came before it began in the order of its handlers', () => {
    const event: Incoming = { type: 'signal', name: 'event', payload: { name: 'e' } };
    const unknown: Incoming = { type: 'signal', name: 'nonsense', payload: {} };
    const run = foldRun(startedAgent().state, [told(T, [unknown, event, says('m1')])]);
    assert.deepEqual(
      run.events.map((one) => (one.type === 'message-received' ? one.message.name : one.type)),
      ['message', 'event', 'message-refused'],
    );
  });
});
