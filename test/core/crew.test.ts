import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { successorsOf } from '../../src/core/successors.ts';
import { startedAgent, type TestAgent } from '../support/agent-builder.ts';
import { auto, begin, done, ends, starts } from '../support/families.ts';

function crew(order: 'together' | 'in-order'): TestAgent {
  return startedAgent({
    definition: { crew: { members: ['reader', 'critic'], order }, budget: { turns: 20 } },
    tools: { delegate: auto },
  });
}

describe('a crew', () => {
  it('works side by side at the goal, and then the model sums up', () => {
    const agent = crew('together');
    assert.deepEqual(
      starts(agent).map(({ start }) => [start.agent, start.input]),
      [
        ['reader', 'Count the beans.'],
        ['critic', 'Count the beans.'],
      ],
    );
    ends(begin(agent, 1), done('too few'), 1);
    ends(begin(agent, 0), done('seven'), 0);
    assert.equal(commandsOf(agent.state)[0]?.type, 'call-model');
    assert.match(JSON.stringify(agent.state.context), /seven.*too few/);
    agent.says('Seven, which is too few.');
    assert.deepEqual(agent.state.outcome, { status: 'completed', result: 'Seven, which is too few.' });
  });

  it('works in order, each with what those before it found', () => {
    const agent = crew('in-order');
    assert.deepEqual(
      starts(agent).map(({ start }) => start.agent),
      ['reader'],
    );
    ends(begin(agent), done('seven'));
    const [second] = starts(agent);
    assert.equal(second?.start.agent, 'critic');
    assert.match(second.start.input, /^Count the beans\.\n\nWhat those before you found, as data:\n.*seven/);
    ends(begin(agent, 1), done('too few'), 1);
    assert.equal(commandsOf(agent.state)[0]?.type, 'call-model');
  });
});

describe('what comes after an agent', () => {
  const dependents = [
    { agent: 'archivist', input: 'File this.' },
    { agent: 'messenger', input: '' },
  ];

  it('begins with its result when it has completed, each once', () => {
    const agent = startedAgent({ definition: { dependents } });
    assert.deepEqual(successorsOf(agent.state), []);
    agent.says('Seven.');
    const [first, second] = successorsOf(agent.state);
    assert.match(first?.id ?? '', /^archivist\.after\.a1-[0-9a-f]{6}$/);
    assert.match(
      first?.start.input ?? '',
      /^File this\.\n\nThe agent a1 \(clerk\) has completed\. .*\n"Seven\."$/s,
    );
    assert.equal(second?.start.agent, 'messenger');
    assert.equal(second.start.parent, undefined);
  });

  it('does not begin when it failed or was stopped', () => {
    const agent = startedAgent({ definition: { dependents } });
    agent.send('stop', { by: 'ann' });
    agent.happen({ type: 'drained' });
    assert.equal(agent.state.status, 'cancelled');
    assert.deepEqual(successorsOf(agent.state), []);
  });
});
