import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wakesOf } from '../../src/core/clock.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { limitsOf } from '../../src/core/initial-state.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { searchAttributes, statusDocument } from '../../src/core/status-document.ts';
import {
  call,
  DAY_MS,
  definitionOf,
  HOUR_MS,
  manifests,
  reply,
  START_AT,
  startedAgent,
  TestAgent,
} from '../support/agent-builder.ts';
import type { Budget } from '../../src/contracts/definition.ts';

const by = 'ann';

function withBudget(budget: Budget): TestAgent {
  return startedAgent({ definition: { budget } });
}

function note(agent: TestAgent): TestAgent {
  return agent.asks(call('note', { text: 'n' }));
}

describe('limits', () => {
  const usual = { turns: 500, deadlineAt: START_AT + 90 * DAY_MS };

  it('come from who starts the agent, then from the definition, then from the defaults', () => {
    assert.deepEqual(limitsOf({}, {}, START_AT), usual);
    assert.deepEqual(limitsOf({}, { turns: 5, usd: 1 }, START_AT), { ...usual, turns: 5, usd: 1 });
    assert.deepEqual(
      limitsOf(
        { turns: 7, tokens: 10, deadline: '1d' },
        { turns: 5, tokens: 99, usd: 1, deadline: '2d' },
        START_AT,
      ),
      { turns: 7, tokens: 10, usd: 1, deadlineAt: START_AT + DAY_MS },
    );
  });

  it('count from the start of the agent, not from the first turn', () => {
    const agent = new TestAgent();
    agent.now += HOUR_MS;
    agent.load({ definition: { budget: { deadline: '2h' } } });
    assert.equal(agent.state.limits.deadlineAt, START_AT + 2 * HOUR_MS);
  });

  it('keep what people add while the definition is still being read', () => {
    const budget = { turns: 5, tokens: 100_000, usd: 1, deadline: '1d' };
    const more = { by, turns: 3, tokens: 50_000, usd: 2, deadline: '1d' };
    const started = new TestAgent({ start: { budget } });
    started.send('extendBudget', more);
    started.load();
    const sum = { turns: 8, tokens: 150_000, usd: 3, deadlineAt: START_AT + 2 * DAY_MS };
    assert.deepEqual(started.state.limits, sum);
    const loadedFirst = new TestAgent({ start: { budget } }).load();
    loadedFirst.send('extendBudget', more);
    assert.deepEqual(loadedFirst.state.limits, sum);
  });

  it('keep what people add to a limit that only the definition has, and add none where there is none', () => {
    const agent = new TestAgent();
    agent.send('extendBudget', { by, tokens: 50_000, usd: 2 });
    agent.load({ definition: { budget: { tokens: 100_000 } } });
    assert.deepEqual(agent.state.limits, { ...usual, tokens: 150_000 });
  });

  it('lose that as they did where an older worker read the definition', () => {
    const agent = new TestAgent({ start: { budget: { usd: 1 } } });
    agent.send('extendBudget', { by, tokens: 50_000, usd: 2 });
    const definition = definitionOf({ definition: { budget: { tokens: 100_000, usd: 5 } } });
    agent.happen({ type: 'definition-loaded', loaded: { definition, manifests: [...manifests] } });
    assert.deepEqual(agent.state.limits, { ...usual, tokens: 100_000, usd: 3 });
  });
});

describe('a budget', () => {
  it('of turns is never exceeded', () => {
    const agent = note(note(withBudget({ turns: 2 })));
    assert.equal(agent.state.usage.turns, 2);
    assert.deepEqual(commandsOf(agent.state), []);
    assert.deepEqual(
      interruptionsOf(agent.state).map(({ kind }) => kind),
      ['budget'],
    );
    assert.match(interruptionsOf(agent.state)[0]?.summary ?? '', /all 2 turns/);
  });

  it('of money stops before the next call', () => {
    const agent = note(withBudget({ usd: 0.015 }));
    assert.equal(agent.state.status, 'thinking');
    assert.equal(note(agent).state.suspension?.kind, 'budget');
  });

  it('of time is noticed at the next turn, and by an agent that idles', () => {
    const agent = withBudget({ deadline: '1h' });
    agent.now += HOUR_MS;
    assert.match(note(agent).state.suspension?.reason ?? '', /deadline/);
    const idle = startedAgent({ definition: { budget: { deadline: '1h' }, lifetime: 'persistent' } }).says(
      'Done.',
    );
    assert.equal(idle.wait(HOUR_MS - 1).state.suspension?.kind, 'idle');
    assert.equal(idle.wait(1).state.suspension?.kind, 'budget');
  });

  it('of tokens reserves what the next call reads and may write', () => {
    const agent = withBudget({ tokens: 5_000 });
    const [command] = commandsOf(agent.state);
    assert.ok(command?.type === 'call-model');
    const read = Math.ceil(agent.state.contextSize / 3);
    assert.equal(command.request.maxOutputTokens, 5_000 - read);
    assert.equal(withBudget({ tokens: 300 }).state.suspension?.kind, 'budget');
  });

  it('of tokens is never exceeded by a model that keeps to what it was given', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (tokens, shares) => {
          const agent = withBudget({ tokens });
          for (const share of shares) {
            const [command] = commandsOf(agent.state);
            if (command?.type !== 'call-model') break;
            const inputTokens = Math.ceil(agent.state.contextSize / 3);
            const outputTokens = Math.floor(share * command.request.maxOutputTokens);
            const usage = { inputTokens, outputTokens, usd: 0, estimated: false };
            agent.happen({
              type: 'model-replied',
              reply: { ...reply('', [call('note', { text: 'n' })]), usage },
            });
          }
          const { usage } = agent.state;
          assert.ok(usage.inputTokens + usage.outputTokens <= tokens);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is extended by people, and the agent goes on', () => {
    const agent = note(withBudget({ turns: 1 }));
    agent.send('extendBudget', { by, turns: 1 });
    assert.equal(agent.state.status, 'thinking');
    assert.equal(commandsOf(agent.state).length, 1);
    assert.equal(note(agent).state.suspension?.kind, 'budget');
  });

  it('that is still too small says what is short now', () => {
    const agent = withBudget({ turns: 1, usd: 0.005 });
    note(agent);
    const since = agent.state.suspension?.since;
    agent.now += HOUR_MS;
    agent.send('extendBudget', { by, turns: 1 });
    assert.match(agent.state.suspension?.reason ?? '', /\$0\.005/);
    assert.equal(agent.state.suspension?.since, since);
    agent.send('extendBudget', { by, usd: 1 });
    assert.equal(agent.state.status, 'thinking');
  });

  it('counts a passed deadline from now when it is extended', () => {
    const agent = withBudget({ deadline: '1h' });
    agent.now += 2 * HOUR_MS;
    note(agent);
    agent.send('extendBudget', { by, deadline: '1h' });
    assert.equal(agent.state.limits.deadlineAt, agent.now + HOUR_MS);
    assert.equal(agent.state.status, 'thinking');
  });

  it('without a limit stays without when it is extended', () => {
    const agent = startedAgent();
    agent.send('extendBudget', { by, tokens: 5, usd: 1 });
    assert.deepEqual(Object.keys(agent.state.limits).sort(), ['deadlineAt', 'turns']);
  });

  it('that nobody extends fails the agent after its grace, and not before', () => {
    const agent = note(withBudget({ turns: 1 }));
    agent.wait(7 * DAY_MS - 1);
    assert.equal(agent.state.status, 'waiting');
    agent.wait(1);
    assert.ok(agent.state.outcome?.status === 'failed');
    assert.equal(agent.state.outcome.failure.type, 'BudgetExceeded');
  });

  it('has a grace that `resume` does not prolong', () => {
    const agent = note(withBudget({ turns: 1 }));
    const { suspension } = agent.state;
    agent.now += 3 * DAY_MS;
    assert.equal(agent.send('resume', { by }), undefined);
    assert.deepEqual(agent.state.suspension, suspension);
    assert.equal(agent.wait(4 * DAY_MS).state.status, 'failed');
  });

  it('keeps the messages that come while it is exhausted', () => {
    const agent = note(withBudget({ turns: 1 }));
    agent.send('message', { text: 'Still there?', by });
    agent.send('extendBudget', { by, turns: 5 });
    assert.match(JSON.stringify(agent.state.context.at(-1)), /Still there/);
  });
});

describe('an exhausted budget', () => {
  const spent = (): TestAgent =>
    startedAgent({ start: { budget: { turns: 1 } } }).asks(call('note', { text: 'one' }));
  const question = (agent: TestAgent) =>
    statusDocument(agent.state).approvals[0] ?? assert.fail('nothing is asked');

  it('is a question to people, with what is proposed', () => {
    const agent = spent();
    const { subject, args, summary, allowedDecisions, id } = question(agent);
    assert.deepEqual([subject, args], ['budget', { turns: 10 }]);
    assert.match(summary, /all 1 turns are used/);
    assert.deepEqual(allowedDecisions, ['approve', 'edit', 'reject']);
    assert.equal(statusDocument(agent.state).interruptions[0]?.id, id);
    assert.equal(searchAttributes(agent.state).pendingApprovals, 1);
    assert.equal(wakesOf(agent.state).length, 1);
  });

  it('is extended as proposed, or as somebody says', () => {
    const agent = spent();
    const { id } = question(agent);
    const yes = { approval: id, decision: 'approve', by: 'ann' };
    assert.equal(agent.send('decide', yes), undefined);
    assert.deepEqual([agent.state.status, agent.state.limits.turns], ['thinking', 11]);
    assert.equal(agent.send('decide', yes), undefined);
    assert.equal(agent.send('decide', { ...yes, by: 'bert' })?.type, 'Conflict');
    assert.equal(agent.state.limits.turns, 11);
    const edited = spent();
    const edit = { approval: question(edited).id, decision: 'edit', by: 'ann' };
    for (const args of [{}, { turns: -1 }, { hours: 2 }])
      assert.equal(edited.send('decide', { ...edit, args })?.type, 'Invalid');
    assert.equal(edited.send('decide', { ...edit, args: { turns: 2 } }), undefined);
    assert.equal(edited.state.limits.turns, 3);
  });

  it('is asked about once more when what somebody gave is not enough', () => {
    const agent = spent();
    const first = question(agent);
    agent.send('decide', { approval: first.id, decision: 'edit', by: 'ann', args: { usd: 1 } });
    const again = question(agent);
    assert.notEqual(again.id, first.id);
    assert.equal(again.requestedAt > first.requestedAt, true);
    const yes = { decision: 'approve', by: 'bert' };
    assert.equal(agent.send('decide', { ...yes, approval: first.id })?.type, 'Conflict');
    assert.equal(agent.send('decide', { ...yes, approval: again.id }), undefined);
    assert.deepEqual([agent.state.status, agent.state.limits.turns], ['thinking', 11]);
  });

  it('is asked for time when the time ran out while turns were asked for', () => {
    const agent = startedAgent({ start: { budget: { turns: 1, deadline: '2d' } } });
    agent.asks(call('note', { text: 'one' })).wait(3 * DAY_MS);
    agent.send('extendBudget', { turns: 5, by: 'ann' });
    assert.deepEqual(question(agent).args, { deadline: '7d' });
    agent.send('decide', { approval: question(agent).id, decision: 'approve', by: 'ann' });
    assert.equal(agent.state.status, 'thinking');
  });

  it('ends the agent when somebody says no', () => {
    const agent = spent();
    agent.send('decide', { approval: question(agent).id, decision: 'reject', by: 'ann', message: 'enough' });
    assert.equal(agent.state.status, 'failed');
    assert.match(JSON.stringify(agent.state.outcome), /ann did not extend the budget: enough/);
  });

  it('can be neither claimed nor decided after it was extended otherwise', () => {
    const agent = spent();
    const { id } = question(agent);
    assert.equal(agent.send('claim', { approval: id, by: 'ann' })?.type, 'Invalid');
    agent.send('extendBudget', { turns: 5, by: 'bert' });
    assert.equal(agent.send('decide', { approval: id, decision: 'approve', by: 'ann' })?.type, 'NotFound');
  });
});
