import assert from 'node:assert/strict';
import picocolors from 'picocolors';
import { partingView } from '../../src/client/cli/view/difference-view.ts';
import { differenceOf as turnsThatDiffer } from '../../src/client/comparing.ts';
import { differenceOf } from '../../src/client/state-difference.ts';
import { timelineOf } from '../../src/core/timeline/project-run.ts';
import { type TurnParts, turnParts } from '../../src/core/timeline/turn-parts.ts';
import { call, startedAgent, TestAgent } from '../support/agent-builder.ts';

function turnsOf(id: string, live: (agent: TestAgent) => unknown) {
  const agent = startedAgent({ id });
  live(agent);
  const initial = new TestAgent({ id }).state;
  const run = { initial, events: agent.events, started: [], startedAfter: [], endings: new Map() };
  return turnParts(timelineOf(run, new Map()), id);
}
const look = (what: string) => call('look', { what });
const parted = (one: ReturnType<typeof turnsOf>, other: ReturnType<typeof turnsOf>) => {
  const difference = turnsThatDiffer(one, other);
  return { same: difference.same, parts: difference.parting?.parts.map(({ part }) => part), difference };
};

describe('two agents', () => {
  const plain = (agent: TestAgent) => agent.asks(look('a')).succeeds(0).asks(look('b')).succeeds(0);

  it('are the same if they did the same under other names', () => {
    const { same, parts } = parted(turnsOf('a1', plain), turnsOf('a2', plain));
    assert.deepEqual([same, parts], [3, undefined]);
  });

  it('part where the first result, argument or message is another one', () => {
    const result = (agent: TestAgent) => agent.asks(look('a')).succeeds(0).asks(look('b')).fails(0);
    assert.deepEqual(parted(turnsOf('a1', plain), turnsOf('a1', result)).parts, ['results']);
    const other = (agent: TestAgent) => agent.asks(look('a')).succeeds(0).asks(look('c')).succeeds(0);
    const { same, parts, difference } = parted(turnsOf('a1', plain), turnsOf('a1', other));
    assert.deepEqual([same, parts, difference.parting?.one], [1, ['calls'], 2]);
    const told = (agent: TestAgent) => {
      agent.send('message', { text: 'x', by: 'ann' });
      plain(agent);
    };
    assert.deepEqual(parted(turnsOf('a1', plain), turnsOf('a1', told)).parts, ['messages']);
    const text = partingView({ one: 'a1', other: 'a2', ...difference }, picocolors.createColors(false));
    assert.match(text, /did the same in 1 turns and part at turn 2\n {2}calls\n/);
  });

  it('are compared from where a fork begins', () => {
    const forked = turnsOf('a2', plain).filter(({ turn }) => turn > 1);
    const { same, parting } = turnsThatDiffer(turnsOf('a1', plain), forked, 1);
    assert.deepEqual([same, parting], [3, undefined]);
    // One of the very beginning has the goal and the instructions from the other one.
    const whole = turnsOf('a2', plain).filter(({ turn }) => turn > 0);
    const { same: all, parting: none } = turnsThatDiffer(turnsOf('a1', plain), whole, 0);
    assert.deepEqual([all, none], [3, undefined]);
  });

  it('are aligned again after a turn that only one of them has', () => {
    const more = (agent: TestAgent) => agent.asks(look('z')).succeeds(0);
    const one = turnsOf('a1', (agent) => plain(agent));
    const other = turnsOf('a1', (agent) => plain(more(agent)));
    const { turns } = turnsThatDiffer(one, other);
    assert.deepEqual(
      turns.map(({ one: left, other: right }) => [left, right]),
      [[undefined, 1]],
    );
  });
});

describe('two agents that did thousands of turns differently', () => {
  /** Turns that say what they are told to. */
  const turns = (count: number, replyOf: (turn: number) => string): TurnParts[] =>
    Array.from({ length: count }, (_, turn) => ({
      turn,
      parts: { instructions: [], messages: [], reply: replyOf(turn), calls: [], results: [], end: null },
    }));
  const one = turns(3_000, (turn) => (turn < 10 || turn === 20 ? 'same' : `one ${turn}`));

  it('are compared in no time, turn by turn', () => {
    const other = turns(2_500, (turn) => (turn < 10 || turn === 20 ? 'same' : `other ${turn}`));
    const start = process.cpuUsage();
    const { same, parting, turns: told, more } = turnsThatDiffer(one, other);
    const { user } = process.cpuUsage(start);
    assert.ok(user < 600_000, `took ${user / 1_000} ms`);
    assert.deepEqual([same, more, told.length], [9, true, 50]);
    assert.deepEqual(parting?.parts, [{ part: 'reply', one: 'one 10', other: 'other 10' }]);
    const places = told.map(({ one: left, other: right }) => [left, right]);
    const expected = Array.from({ length: 51 }, (_, index) => [index + 10, index + 10]);
    assert.deepEqual(
      places,
      expected.filter(([left]) => left !== 20),
    );
  });

  it('are still aligned if one of them did a few hundred turns more', () => {
    const other = [...turns(300, (turn) => `more ${turn}`), ...one];
    const { same, turns: told, more } = turnsThatDiffer(one, other);
    assert.deepEqual([same, more], [0, true]);
    assert.ok(told.every(({ one: left }) => left === undefined));
  });
});

describe('the difference of two states', () => {
  it('says what came, went and is another one, and nothing of what only moved on in a list', () => {
    const one = { turn: 1, context: [{ text: 'a' }, { text: 'b' }], paused: { by: 'ann' } };
    const other = { turn: 2, context: [{ text: 'b' }, { text: 'c' }] };
    assert.deepEqual(
      differenceOf(one, other)
        .map(({ op, path }) => `${op} ${path}`)
        .toSorted(),
      ['add /context/1', 'remove /context/0', 'remove /paused', 'replace /turn'],
    );
    assert.deepEqual(differenceOf(one, one), []);
  });
});
