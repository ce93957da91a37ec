import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { call, factsFor, startedAgent } from '../support/agent-builder.ts';

describe('facts that are others when a lost attempt is made again', () => {
  it('are a question to people, and no reason to ask as if nothing had been done', () => {
    const agent = startedAgent()
      .asks(call('pay', { invoice: 'i' }))
      .assessed(0, factsFor.auto);
    agent.happen({
      type: 'tool-ended',
      index: 0,
      outcome: { type: 'facts-changed', facts: factsFor.deny, mayHaveActed: true },
    });
    assert.equal(agent.approval.subject, 'unknown_outcome');
    assert.match(agent.approval.rule ?? '', /may have acted/);
    agent.decide('approve');
    assert.equal(commandsOf(agent.state)[0]?.type, 'run-tool');
    // With the facts of before, so that policy has the last word on those of now.
    agent.happen({ type: 'tool-ended', index: 0, outcome: { type: 'facts-changed', facts: factsFor.deny } });
    assert.deepEqual(agent.lastResults(1), ['Forbidden']);
  });
});
