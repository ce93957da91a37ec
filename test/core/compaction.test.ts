import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compact, contextLimit, isOverfull } from '../../src/core/compaction.ts';
import { RunRecord } from '../../src/core/run-record.ts';
import type { NewEvent } from '../../src/contracts/event.ts';
import {
  call,
  definitionOf,
  manifests,
  messageOf,
  reply,
  START_AT,
  startedAgent,
  TestAgent,
} from '../support/agent-builder.ts';
import { assertCallsHaveResults } from './invariants.ts';
import type { AgentState } from '../../src/contracts/state.ts';

function textOf(state: AgentState): string {
  return JSON.stringify(state.context);
}

function storing(turns: number, chars: number, contextWindow = 10_000): TestAgent {
  const agent = startedAgent({ definition: { contextWindow } });
  for (let turn = 1; turn <= turns; turn += 1) {
    agent.asks(call('store', { what: `thing ${turn}` }), call('note', { text: `note ${turn}` }));
    agent.succeeds(0, { stored: `${turn}:${'x'.repeat(chars)}` });
  }
  return agent;
}

describe('compaction', () => {
  it('keeps instructions, goal, notes and the latest turns; of the rest a line each', () => {
    const agent = storing(40, 800);
    const [system, goal, summary] = agent.state.context;
    assert.match(JSON.stringify(system), /Do your work/);
    assert.deepEqual(goal?.message, { role: 'user', text: 'Count the beans.' });
    assert.ok(summary?.message.role === 'user');
    assert.match(summary.message.text, /turn 30: store \{"what":"thing 30"\}/);
    assert.match(summary.message.text, /- note 1\n/);
    assert.match(textOf(agent.state), /40:xxx/);
    assertCallsHaveResults(agent.state);
  });

  it('comes before the model is asked, and brings the context below its limit', () => {
    const agent = startedAgent({ definition: { contextWindow: 10_000 } });
    for (let turn = 1; turn <= 60; turn += 1) {
      agent.asks(call('store', { what: 'x' })).succeeds(0, { text: 'x'.repeat((turn * 37) % 3_000) });
      assert.ok(agent.state.contextSize <= contextLimit(agent.state), `turn ${turn}`);
    }
    assert.ok(agent.state.compactedTurn > 0);
  });

  it('happens again when it is needed, without piling up summaries', () => {
    const { context, digest } = storing(120, 800).state;
    const summaries = context.filter(
      ({ message }) => message.role === 'user' && message.text.startsWith('Earlier'),
    );
    assert.equal(summaries.length, 1);
    assert.ok(digest.length <= 300 && digest.every((line) => line.length <= 240 && !line.includes('\n')));
    assert.equal(
      new Set(digest.filter((line) => line.includes('store {'))).size,
      digest.filter((line) => line.includes('store {')).length,
    );
  });

  it('is the same for the same state, and leaves alone what it has condensed', () => {
    const agent = storing(30, 800);
    assert.deepEqual(compact(agent.state), compact(structuredClone(agent.state)));
    assert.equal(isOverfull(agent.state), false);
    const before = agent.state;
    agent.happen({ type: 'context-overfull' });
    assert.deepEqual(agent.state, before);
  });

  it('cuts the results of a single turn that is too much', () => {
    const agent = startedAgent({ definition: { contextWindow: 10_000 } });
    agent.asks(...Array.from({ length: 10 }, (_, n) => call('store', { what: `s${n}` })));
    for (let n = 0; n < 10; n += 1) agent.succeeds(n, { text: '😀'.repeat(5_000) });
    assert.ok(agent.state.contextSize <= contextLimit(agent.state));
    assertCallsHaveResults(agent.state);
    const results = agent.state.context.flatMap(({ message }) =>
      message.role === 'tool' ? [message.text] : [],
    );
    assert.ok(results.every((text) => text.isWellFormed() && text.includes('cut to save room')));
  });

  it('keeps what the model has not answered yet: unread messages and the results before them', () => {
    const agent = storing(10, 800);
    agent.asks(call('store', { what: 'last' }));
    for (let n = 0; n < 6; n += 1) agent.send('message', { text: `${n} ${'y'.repeat(3_000)}`, by: 'bob' });
    agent.succeeds(0, { stored: 'last' });
    assert.equal(agent.state.compactedTurn, agent.state.turn);
    for (let n = 0; n < 6; n += 1) assert.match(textOf(agent.state), new RegExp(`bob:\\\\n${n} y`));
    assert.match(textOf(agent.state), /"what":"last"/);
    assertCallsHaveResults(agent.state);
    agent.asks(call('note', { text: 'read' }));
    agent.asks(call('note', { text: 'and answered' }));
    assert.ok(
      agent.state.contextSize <= contextLimit(agent.state),
      'once they are answered they can be condensed',
    );
  });

  it('tries once a turn when even the least is too much', () => {
    const agent = startedAgent({ definition: { contextWindow: 2_000, instructions: 'z'.repeat(6_000) } });
    const first = agent.state;
    assert.equal(isOverfull(first), false);
    assert.equal(first.context.length, 2, 'nothing was there to leave out');
    agent.asks(call('note', { text: 'n' }));
    assert.equal(agent.state.status, 'thinking');
    assert.equal(isOverfull(agent.state), false);
  });

  it('never makes the context longer', () => {
    const agent = startedAgent();
    const { contextSize, context } = agent.state;
    agent.modelFails('ContextTooLong');
    assert.ok(agent.state.contextSize <= contextSize);
    assert.deepEqual(agent.state.context, context);
  });

  it('makes room for a budget that the context alone had used up', () => {
    const agent = startedAgent({ definition: { contextWindow: 10_000, budget: { tokens: 9_000 } } });
    agent.asks(...Array.from({ length: 3 }, (_, n) => call('store', { what: `s${n}` })));
    for (let n = 0; n < 3; n += 1) agent.succeeds(n, { text: 'x'.repeat(10_000) });
    assert.equal(agent.state.compactedTurn, 2);
    assert.equal(agent.state.status, 'thinking');
  });

  it('holds for any history', () => {
    const result = fc.integer({ min: 0, max: 6_000 });
    const turns = fc.array(
      fc.record({ results: fc.array(result, { minLength: 1, maxLength: 4 }), message: result }),
      {
        maxLength: 25,
      },
    );
    fc.assert(
      fc.property(turns, fc.integer({ min: 2_000, max: 20_000 }), (life, contextWindow) => {
        const agent = startedAgent({ definition: { contextWindow } });
        for (const { results, message } of life) {
          agent.asks(...results.map((size) => call('store', { what: 'w'.repeat(size % 50) })));
          if (message > 4_000) agent.send('message', { text: 'm'.repeat(message - 4_000), by: 'bob' });
          results.forEach((size, index) => agent.succeeds(index, { text: 'r'.repeat(size) }));
          assertCallsHaveResults(agent.state);
          assert.equal(agent.state.context[1]?.message.role, 'user');
          assert.equal(
            agent.state.contextSize < contextLimit(agent.state) ||
              agent.state.compactedTurn === agent.state.turn,
            true,
          );
          const again = compact(agent.state);
          assert.ok(again.contextSize <= agent.state.contextSize);
          assertCallsHaveResults(again);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('loses nothing of a run that was read in the very event that condensed', () => {
    class Told extends RunRecord {
      tell(event: NewEvent): void {
        this.take(event, START_AT);
      }
    }
    const options = { definition: { contextWindow: 20_000, budget: { tokens: 14_000 } } };
    const run = new Told(new TestAgent(options).state);
    const loaded = { definition: definitionOf(options), manifests: [...manifests] };
    run.tell({ type: 'definition-loaded', loaded });
    run.tell({ type: 'model-replied', reply: reply('', [call('store', { what: 'x' })]) });
    for (const letter of ['a', 'b'])
      run.tell({
        type: 'message-received',
        message: messageOf('message', { text: letter.repeat(15_000), by: 'ann' }),
      });
    const outcome = { type: 'succeeded', result: { stored: 'y'.repeat(30_000) } } as const;
    run.tell({ type: 'tool-ended', index: 0, outcome });
    assert.ok(run.events.some(({ type }) => type === 'context-overfull'));
    const told = run.entries.map(({ message }) => message.text).join();
    for (const letter of ['a', 'b']) assert.equal(told.split(letter.repeat(15_000)).length, 2, letter);
    assert.deepEqual(run.state.inbox, []);
  });
});
