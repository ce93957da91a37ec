import assert from 'node:assert/strict';
import { keyedId } from '../../src/contracts/keyed-id.ts';
import type { AgentMessageName } from '../../src/contracts/messages.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import { startedAgent } from '../support/agent-builder.ts';

const key = 'a'.repeat(32);
const first = keyedId(key, '0'.repeat(16));
const other = keyedId(key, '1'.repeat(16));

describe('an id that is bound to what was said', () => {
  const cases: [AgentMessageName, JsonObject, JsonObject][] = [
    ['message', { text: 'one', by: 'ann' }, { text: 'two', by: 'ann' }],
    ['event', { name: 'one' }, { name: 'two' }],
    ['extendBudget', { turns: 1, by: 'ann' }, { turns: 2, by: 'ann' }],
  ];
  for (const [name, one, two] of cases)
    it(`lets a ${name} be repeated, and refuses another one with its key`, () => {
      const agent = startedAgent();
      assert.equal(agent.send(name, { ...one, id: first }), undefined);
      const { inbox, events, limits } = agent.state;
      assert.equal(agent.send(name, { ...one, id: first }), undefined);
      assert.equal(agent.send(name, { ...two, id: other })?.type, 'KeyReused');
      assert.deepEqual([agent.state.inbox, agent.state.events, agent.state.limits], [inbox, events, limits]);
      const another = keyedId('b'.repeat(32), '1'.repeat(16));
      assert.equal(agent.send(name, { ...two, id: another }), undefined);
      assert.notDeepEqual(
        [agent.state.inbox, agent.state.events, agent.state.limits],
        [inbox, events, limits],
      );
    });

  it('is of its kind of message only', () => {
    const agent = startedAgent();
    assert.equal(agent.send('message', { text: 'one', by: 'ann', id: first }), undefined);
    assert.equal(agent.send('event', { name: 'one', id: other }), undefined);
  });

  it('leaves ids that people choose as they were: the first counts, whatever a second says', () => {
    const agent = startedAgent();
    for (const text of ['one', 'two'])
      assert.equal(agent.send('message', { text, by: 'ann', id: 'mail-1' }), undefined);
    assert.equal(agent.state.inbox.length, 1);
    for (const turns of [1, 2])
      assert.equal(agent.send('extendBudget', { turns, by: 'ann', id: 'raise-1' }), undefined);
    assert.equal(agent.state.limits.turns, startedAgent().state.limits.turns + 1);
  });
});
