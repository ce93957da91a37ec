import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { call, factsFor, HOUR_MS, startedAgent } from '../support/agent-builder.ts';

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

  it('are so after any wait for the tool, until a person has said that nothing was done', () => {
    const agent = startedAgent().asks(call('store', { what: 'x' }));
    const dispatched = () => {
      const [command] = commandsOf(agent.state);
      assert.ok(command?.type === 'run-tool');
      return command.invocation.mayHaveActed;
    };
    const problem = { type: 'ToolUnavailable', message: 'gone', mayHaveActed: true } as const;
    assert.equal(dispatched(), undefined);
    for (const wait of [1, 2]) {
      agent.happen({ type: 'tool-lost', index: 0, problem });
      agent.wait(HOUR_MS);
      assert.equal(dispatched(), true, `after wait ${wait}`);
    }
    const outcome = { type: 'facts-changed', facts: {}, mayHaveActed: true } as const;
    agent.happen({ type: 'tool-ended', index: 0, outcome });
    agent.decide('approve');
    assert.equal(dispatched(), undefined);
  });

  it('are no reason to call a repeat safe: who believes that does not look', () => {
    const summary = (hasAssess: boolean): string => {
      const rules = [{ when: 'facts.large', mode: 'deny' as const }, { mode: 'auto' as const }];
      const agent = startedAgent({ tools: { store: hasAssess ? rules : rules.slice(1) } });
      const manifests = agent.state.manifests.map((one) =>
        one.name === 'store' ? { ...one, hasAssess } : one,
      );
      agent.state = { ...agent.state, manifests };
      agent.asks(call('store', { what: 'x' }));
      if (hasAssess) agent.assessed(0, { large: false });
      agent.happen({ type: 'tool-lost', index: 0, problem: { type: 'ToolTimeout', message: 'gone' } });
      return agent.approval.summary;
    };
    assert.doesNotMatch(summary(true), /safe/);
    assert.match(summary(false), /safe in any case/);
  });

  it('are none where the only attempt said that it did nothing', () => {
    const agent = startedAgent().asks(call('store', { what: 'x' }));
    agent.happen({ type: 'tool-lost', index: 0, problem: { type: 'ToolUnavailable', message: 'gone' } });
    agent.wait(HOUR_MS);
    const [command] = commandsOf(agent.state);
    assert.ok(command?.type === 'run-tool' && command.invocation.mayHaveActed === undefined);
  });
});
