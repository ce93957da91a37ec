import assert from 'node:assert/strict';
import type { PolicyRule } from '../../src/contracts/definition.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { call, factsFor, startedAgent, type TestAgent } from '../support/agent-builder.ts';

const pay = call('pay', { invoice: 'i1' });

/** The invocations that the state asks for, by type of command. */
function asked(agent: TestAgent): string[] {
  return commandsOf(agent.state).map((command) =>
    'invocations' in command
      ? `${command.type} ${command.invocations.map(({ tool }) => tool).join(' ')}`
      : command.type,
  );
}

function invocation(agent: TestAgent) {
  const [command] = commandsOf(agent.state).filter(({ type }) => type === 'run-tool');
  assert.ok(command?.type === 'run-tool', 'a step is asked for');
  return command.invocation;
}

function payAwaitingApproval(): TestAgent {
  return startedAgent().asks(pay).assessed(0, factsFor.approve);
}

describe('facts and policy', () => {
  it('assesses before it asks policy', () => {
    const agent = startedAgent().asks(pay, call('weigh', { what: 'x' }));
    // Nobody would look at what weigh finds: its only rule lets every call through.
    assert.deepEqual(asked(agent), ['assess-calls pay', 'run-tool']);
    assert.equal(agent.state.status, 'acting');
  });

  it('decides on facts, not on what the model claims', () => {
    const outcomes = Object.entries(factsFor).map(([mode, facts]) => {
      const agent = startedAgent().asks(pay).assessed(0, facts);
      const [approval] = agent.state.approvals;
      return [mode, approval?.subject ?? agent.state.calls[0]?.status ?? agent.lastResults(1)[0]];
    });
    assert.deepEqual(outcomes, [
      ['auto', 'running'],
      ['approve', 'tool'],
      ['suggest', 'suggestion'],
      ['deny', 'Forbidden'],
    ]);
  });

  it('does not give leave without facts', () => {
    const agent = startedAgent().asks(pay).assessFailed(0);
    assert.deepEqual(agent.lastResults(1), ['Forbidden']);
    const lenient = startedAgent({ tools: { pay: [{ when: 'facts.amount < 5.0', mode: 'auto' }] } }).asks(
      pay,
    );
    assert.deepEqual(lenient.assessFailed(0).lastResults(1), ['Forbidden']);
  });

  it('runs an approved call with the very facts that people saw', () => {
    const agent = payAwaitingApproval();
    const { facts, hash } = agent.approval;
    assert.deepEqual(facts, factsFor.approve);
    const { factsHash, key } = agent.call(0);
    agent.decide('approve');
    assert.equal(invocation(agent).factsHash, factsHash);
    assert.equal(invocation(agent).key, key);
    assert.match(hash, /^[0-9a-f]{64}$/);
  });

  it('asks again when the facts changed before the effect', () => {
    const agent = payAwaitingApproval();
    const first = agent.approval;
    agent.decide('approve');
    agent.factsChange(0, { ...factsFor.approve, amount: 9_000 });
    const second = agent.approval;
    assert.notEqual(second.id, first.id);
    assert.notEqual(second.hash, first.hash);
    assert.equal(second.facts['amount'], 9_000);
    agent.decide('approve');
    assert.equal(commandsOf(agent.state).length, 1);
  });

  it('asks again each time, also when the facts change back', () => {
    const agent = payAwaitingApproval();
    const ids = [agent.approval.id];
    for (const amount of [9_000, 5_000, 9_000]) {
      agent.decide('approve');
      agent.factsChange(0, { ...factsFor.approve, amount });
      ids.push(agent.approval.id);
    }
    assert.equal(new Set(ids).size, ids.length);
  });

  it('gives up on facts that never hold still', () => {
    const agent = startedAgent().asks(pay).assessed(0, factsFor.auto);
    for (let round = 0; agent.state.phase === 'acting'; round += 1) {
      assert.ok(round < 20, 'it ends');
      agent.factsChange(0, { ...factsFor.auto, amount: round });
    }
    assert.deepEqual(agent.lastResults(1), ['Conflict']);
  });

  it('judges an edited call anew', () => {
    const agent = payAwaitingApproval();
    agent.decide('edit', { args: { invoice: 'i2' } });
    assert.deepEqual(asked(agent), ['assess-calls pay']);
    assert.deepEqual(agent.call(0).args, { invoice: 'i2' });
    agent.assessed(0, factsFor.approve);
    assert.equal(invocation(agent).args['invoice'], 'i2');
  });

  it('takes an edit for an approval where the same rule asks, and asks again when another one does', () => {
    const rules: PolicyRule[] = [
      { when: 'facts.forbidden', mode: 'approve' },
      { when: 'facts.amount > 1000.0', mode: 'approve' },
    ];
    const edited = (facts: JsonObject) => {
      const agent = startedAgent({ tools: { pay: rules } })
        .asks(pay)
        .assessed(0, factsFor.approve);
      agent.decide('edit', { args: { invoice: 'i2' } });
      return agent.assessed(0, facts);
    };
    assert.deepEqual(asked(edited({ ...factsFor.approve, amount: 70_000 })), ['run-tool']);
    const other = edited({ ...factsFor.approve, forbidden: true });
    assert.deepEqual([asked(other), other.approval.rule], [[], 'facts.forbidden']);
  });

  it('binds an edited call to the facts it was judged on', () => {
    const agent = payAwaitingApproval();
    agent.decide('edit', { args: { invoice: 'i2' } });
    agent.assessed(0, factsFor.approve);
    agent.factsChange(0, { ...factsFor.approve, amount: 70_000 });
    assert.equal(agent.approval.facts['amount'], 70_000);
    assert.deepEqual(asked(agent), []);
  });

  it('lets policy win over an edit', () => {
    const denied = payAwaitingApproval();
    denied.decide('edit', { args: { invoice: 'i2' } });
    denied.assessed(0, factsFor.deny);
    assert.deepEqual(denied.lastResults(1), ['Forbidden']);
    const suggested = payAwaitingApproval();
    suggested.decide('edit', { args: { invoice: 'i2' } });
    suggested.assessed(0, factsFor.suggest);
    assert.equal(suggested.approval.subject, 'suggestion');
    assert.deepEqual(asked(suggested), []);
  });

  it('checks the arguments of an edit', () => {
    const agent = payAwaitingApproval();
    const before = agent.state.approvals;
    for (const args of [{}, { invoice: 5 }, { invoice: 'i2', amount: 1 }]) {
      assert.equal(agent.decide('edit', { args })?.type, 'Invalid');
    }
    assert.deepEqual(agent.state.approvals, before);
  });

  it('does not let arguments ride along with an approval', () => {
    const agent = payAwaitingApproval();
    assert.equal(agent.decide('approve', { args: { invoice: 'i2' } })?.type, 'Invalid');
    assert.equal(agent.approval.status, 'open');
  });

  it('edits a call without facts at once', () => {
    const agent = startedAgent().asks(call('shout', { what: 'buy' }));
    agent.decide('edit', { args: { what: 'sell' } });
    assert.deepEqual(invocation(agent).args, { what: 'sell' });
  });
});

describe('keys', () => {
  it('stay the same in every retry of a call', () => {
    const agent = startedAgent().asks(call('store', { what: 'a' }));
    const { key } = invocation(agent);
    agent.loses(0);
    agent.decide('approve');
    assert.equal(invocation(agent).key, key);
    assert.match(key, /^run-1\/1\/0\/[0-9a-f]{64}$/);
  });

  it('do not depend on the order in which arguments are written', () => {
    const agents = [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
    ].map((args) =>
      startedAgent({ tools: { finish: [{ mode: 'approve' }] } }).asks(call('finish', { result: args })),
    );
    assert.equal(agents[0]?.call(0).key, agents[1]?.call(0).key);
  });

  it('differ after an edit, for another turn, another place in the reply and another run', () => {
    const keys: string[] = [];
    const agent = startedAgent().asks(call('shout', { what: 'a' }), call('shout', { what: 'a' }));
    keys.push(agent.call(0).key, agent.call(1).key);
    const [first] = agent.state.approvals;
    agent.send('decide', { approval: first?.id ?? '', decision: 'edit', args: { what: 'b' }, by: 'ann' });
    keys.push(agent.call(0).key);
    agent.succeeds(0);
    agent.decide('ignore');
    agent.asks(call('shout', { what: 'a' }));
    keys.push(agent.call(0).key);
    assert.equal(new Set(keys).size, 4);
  });
});

describe('unknown outcomes', () => {
  for (const tool of ['store', 'book', 'shout']) {
    it(`of ${tool} are put to a person`, () => {
      const agent = startedAgent({ tools: { shout: [{ mode: 'auto' }] } }).asks(call(tool, { what: 'a' }));
      agent.loses(0);
      assert.equal(agent.approval.subject, 'unknown_outcome');
      assert.deepEqual(commandsOf(agent.state), []);
      assert.match(agent.approval.rule ?? '', /ToolTimeout/);
    });
  }

  it('of a pure call are only a failure', () => {
    const agent = startedAgent({ definition: { checkpoints: 'each' } }).asks(call('look', { what: 'a' }));
    agent.loses(0);
    assert.deepEqual(agent.lastResults(1), ['ToolTimeout']);
  });

  it('are resolved by who knows: it was done, it was not, or give up', () => {
    const lost = () =>
      startedAgent()
        .asks(call('book', { what: 'a' }))
        .loses(0);
    const done = lost();
    done.decide('respond', { message: 'it is in the book' });
    assert.deepEqual(done.results.at(-1), {
      ok: true,
      result: { doneBy: 'ann', report: 'it is in the book' },
    });
    const again = lost();
    again.decide('approve');
    assert.equal(invocation(again).tool, 'book');
    const dropped = lost();
    dropped.decide('reject');
    assert.deepEqual(dropped.lastResults(1), ['Rejected']);
  });

  it('are asked about again when the call is lost again', () => {
    const agent = startedAgent()
      .asks(call('book', { what: 'a' }))
      .loses(0);
    const first = agent.approval.id;
    agent.decide('approve');
    agent.loses(0);
    assert.notEqual(agent.approval.id, first);
  });

  it('are never told to the model as a plain no when nobody answers', () => {
    const agent = startedAgent()
      .asks(call('book', { what: 'a' }))
      .loses(0);
    agent.wait(agent.approval.expiresAt - agent.now);
    const told = agent.results.at(-1);
    assert.ok(told && !told.ok);
    assert.match(told.error.message, /may have been/);
  });
});
