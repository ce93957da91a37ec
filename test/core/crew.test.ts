import assert from 'node:assert/strict';
import { jsonBytes } from '../../src/contracts/json.ts';
import { AgentStart } from '../../src/contracts/start.ts';
import { MAX_START_BYTES } from '../../src/core/bounds.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { successorsOf } from '../../src/core/successors.ts';
import { startedAgent, type TestAgent } from '../support/agent-builder.ts';
import { auto, begin, done, ends, starts } from '../support/families.ts';

function crew(
  order: 'together' | 'in-order',
  { members = ['reader', 'critic'], input = 'Count the beans.' } = {},
): TestAgent {
  return startedAgent({
    definition: { crew: { members, order }, budget: { turns: 20 } },
    tools: { delegate: auto },
    start: { input },
  });
}

describe('a crew', () => {
  it('takes no more of the conversation when the goal is long, and hears all of it', () => {
    const input = 'Count the beans. '.repeat(5_800);
    const members = Array.from({ length: 10 }, (_, index) => `member-${index}`);
    const agent = crew('together', { members, input });
    assert.deepEqual(
      starts(agent).map(({ start }) => start.input),
      members.map(() => input),
    );
    assert.ok(agent.state.contextSize < 2 * input.length, String(agent.state.contextSize));
  });

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

describe('a crew of any names and findings', () => {
  it('is asked by calls with ids of their own, as short as every model server takes them', () => {
    const agent = crew('together', { members: ['reader', 'reader', 'r'.repeat(64)] });
    const ids = agent.state.calls.map(({ modelCallId }) => modelCallId);
    assert.equal(new Set(ids).size, 3);
    assert.ok(ids.every(({ length }) => length <= 40));
  });

  for (const [what, input, letter] of [
    ['a long goal', 'g'.repeat(90_000), 'a'],
    ['long findings in another script', 'Go.', '漢'],
  ] as const)
    it(`goes on with ${what}: what is handed on is cut to what fits`, () => {
      const agent = crew('in-order', { members: ['one', 'two', 'three'], input });
      for (const index of [0, 1]) ends(begin(agent, index), done(letter.repeat(25_000)), index);
      const [third] = starts(agent);
      assert.equal(third?.start.agent, 'three');
      assert.match(third.start.input, new RegExp(`found, as data:\n.*${letter}{300}`));
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

  for (const letter of ['漢', '"', 'a'])
    it(`begins with as much as fits of a long result of ${letter}, however long the id of the first is`, () => {
      const agent = startedAgent({ definition: { dependents }, id: 'a'.repeat(990) });
      agent.says(letter.repeat(40_000));
      for (const { id, start } of successorsOf(agent.state)) {
        assert.ok(id.length < 1_000);
        assert.ok(AgentStart.safeParse(start).success);
        assert.ok(jsonBytes(start) <= MAX_START_BYTES && start.input.length > 15_000);
      }
    });

  it('does not begin when it failed or was stopped', () => {
    const agent = startedAgent({ definition: { dependents } });
    agent.send('stop', { by: 'ann' });
    agent.happen({ type: 'drained' });
    assert.equal(agent.state.status, 'cancelled');
    assert.deepEqual(successorsOf(agent.state), []);
  });
});
