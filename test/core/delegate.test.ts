import assert from 'node:assert/strict';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { modelTools } from '../../src/core/model-tools.ts';
import { type AgentOptions, call, DAY_MS } from '../support/agent-builder.ts';
import { begin, below, child, delegate, done, ends, parent, starts, used } from '../support/families.ts';

describe('delegating', () => {
  it('starts an agent below, waits for it, and hands its result to the model', () => {
    const agent = parent().asks(delegate('helper'));
    const [command] = starts(agent);
    assert.equal(command?.start.agent, 'helper');
    assert.equal(command.start.requester, 'a1');
    assert.deepEqual(command.start.parent?.path, ['clerk']);
    assert.equal(agent.state.status, 'waiting');
    const [interruption] = interruptionsOf(agent.state);
    assert.equal(interruption?.kind, 'child');
    assert.ok(interruption.deadline);
    begin(agent);
    assert.deepEqual(starts(agent), []);
    ends(agent, done('42'));
    const [result] = agent.results.slice(-1);
    assert.deepEqual(result, {
      ok: true,
      result: { agent: child(agent).id, status: 'completed', result: '42' },
    });
    assert.equal(agent.state.phase, 'thinking');
  });

  it('starts several side by side, each once and with an id of its own', () => {
    const agent = parent().asks(delegate('one'), delegate('two'), delegate('one'));
    const ids = starts(agent).map((command) => command.child);
    assert.equal(new Set(ids).size, 3);
    begin(agent, 1);
    ends(agent, done('second'), 1);
    assert.equal(agent.state.phase, 'acting');
    for (const index of [0, 2]) ends(begin(agent, index), done('other'), index);
    assert.deepEqual(agent.lastResults(3), ['ok', 'ok', 'ok']);
  });

  it('gives failures, cancellations and refusals back as data', () => {
    const agent = parent().asks(delegate('one'), delegate('two'), delegate('three'));
    const failure = { type: 'BudgetExceeded', message: 'all turns are used' };
    ends(begin(agent, 0), { status: 'failed', failure, usage: used }, 0);
    ends(begin(agent, 1), { status: 'cancelled', reason: 'stopped by ann', usage: used }, 1);
    const problem = { type: 'Conflict', message: 'the id is in use' };
    agent.happen({ type: 'child-refused', child: child(agent, 2).id, problem });
    assert.deepEqual(agent.lastResults(3), ['ChildFailed', 'ChildCancelled', 'ChildFailed']);
    assert.match(JSON.stringify(agent.results.at(-3)), /BudgetExceeded: all turns are used/);
  });

  it('goes on at once where it does not wait, and hears of the end by a message', () => {
    const agent = parent().asks(delegate('helper', { wait: false }));
    assert.equal(agent.state.phase, 'thinking');
    begin(agent);
    agent.says('I have nothing else to do.');
    assert.equal(agent.state.status, 'waiting');
    assert.equal(interruptionsOf(agent.state)[0]?.kind, 'child');
    ends(agent, done('found it'));
    assert.equal(agent.state.phase, 'thinking');
    assert.match(agent.state.context.at(-1)?.message.text ?? '', /has ended\. Its result: "found it"/);
    agent.says('All done.');
    assert.equal(agent.state.status, 'completed');
  });

  it('cuts no character of a long result in two, which some model servers refuse', () => {
    for (const wait of [true, false])
      for (const before of ['', 'x']) {
        const agent = begin(parent().asks(delegate('helper', { wait })));
        ends(agent, done(before + '😀'.repeat(31_000)));
        const told = JSON.stringify([agent.state.inbox, agent.state.context]);
        assert.doesNotMatch(told, /\\+ud[89a-f]/);
      }
  });

  it('does not finish while somebody below is at work', () => {
    const agent = begin(parent().asks(delegate('helper', { wait: false })));
    agent.asks(call('finish', { result: 1 }));
    assert.deepEqual(agent.lastResults(1), ['Conflict']);
    ends(agent, done('found it'));
    agent.asks(call('finish', { result: 1 })).asks(call('finish', { result: 1 }));
    assert.equal(agent.state.status, 'completed');
  });

  it('hears late of a child that it no longer waits for', () => {
    const agent = begin(
      parent({ definition: { budget: { turns: 40, deadline: '1d' } } }).asks(delegate('helper')),
    );
    agent.wait(30 * DAY_MS);
    assert.deepEqual(agent.lastResults(1), ['Expired']);
    ends(agent, done('late'));
    assert.match(agent.state.inbox.at(-1)?.text ?? '', /Its result: "late"/);
  });
});

describe('what is not delegated', () => {
  const cases: Record<string, [options: AgentOptions, asked: ReturnType<typeof call>, message: RegExp]> = {
    "to one's own kind": [{}, delegate('clerk'), /circle: clerk -> clerk/],
    'to an agent above': [
      below([], { path: ['boss', 'chief'] }),
      delegate('boss'),
      /circle: boss -> chief -> clerk -> boss/,
    ],
    'below the last level': [below([], { depth: 0 }), delegate('helper'), /levels/],
    'to an agent that is not named': [
      { definition: { delegation: { agents: { helper: {} }, children: 5, depth: 2 } } },
      delegate('stranger'),
      /stranger is none of the agents to delegate to: helper/,
    ],
    'more than there is': [
      {},
      delegate('helper', { budget: { turns: 41 } }),
      /41 turns are more than the 39/,
    ],
    'more tokens than there are': [
      {},
      delegate('helper', { budget: { tokens: 200_000 } }),
      /tokens are more than/,
    ],
    'money when none is left': [
      { definition: { budget: { turns: 40, usd: 0.01 } } },
      delegate('helper'),
      /nothing is left of its dollars/,
    ],
    'below an id that leaves no room for one': [
      { id: 'é'.repeat(495) },
      delegate('helper'),
      /the id of this agent is too long/,
    ],
    'a text that no start takes': [{}, delegate('helper', { input: 'é'.repeat(90_000) }), /bytes, more than/],
  };
  for (const [name, [options, asked, message]] of Object.entries(cases)) {
    it(name, () => {
      const agent = parent(options).asks(asked);
      assert.deepEqual(agent.state.children, []);
      assert.match(JSON.stringify(agent.results.at(-1)), message);
    });
  }

  it('more agents than the definition allows', () => {
    const agent = parent({ definition: { delegation: { children: 2, depth: 2 } } });
    agent.asks(...['one', 'two', 'three'].map((name) => delegate(name)));
    assert.equal(agent.state.children.length, 2);
    assert.match(JSON.stringify(agent.call(2)), /all 2 agents have been started/);
  });

  it('without leave, where policy asks people', () => {
    const rule = [{ when: "args.agent == 'risky'", mode: 'approve' as const }, { mode: 'auto' as const }];
    const agent = parent({ tools: { delegate: rule } }).asks(delegate('risky'));
    assert.deepEqual(starts(agent), []);
    agent.decide('approve');
    assert.equal(starts(agent)[0]?.start.agent, 'risky');
  });

  it('is told to the model beside the tool', () => {
    const agent = parent({ definition: { delegation: { agents: { helper: {} }, children: 5, depth: 2 } } });
    const tool = modelTools(agent.state).find(({ name }) => name === 'delegate');
    assert.match(tool?.description ?? '', /The agents are: helper\./);
  });
});
