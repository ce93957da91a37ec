import assert from 'node:assert/strict';
import { call, startedAgent, type TestAgent } from '../support/agent-builder.ts';

const shout = call('shout', { what: 'hey' });

describe('a call that was rejected', () => {
  const rejected = (): TestAgent => {
    const agent = startedAgent();
    agent.asks(shout);
    agent.decide('reject', { message: 'too loud' });
    return agent;
  };

  it('is not asked about again when the model proposes the same', () => {
    const agent = rejected();
    agent.asks(shout);
    assert.deepEqual(agent.lastResults(1), ['Rejected']);
    assert.match(JSON.stringify(agent.results.at(-1)), /ann rejected this very call before: too loud/);
    agent.asks(call('shout', { what: 'ho' }));
    assert.equal(agent.approval.args['what'], 'ho');
  });

  it('is not run again where nobody needs to be asked, if somebody has given it up as perhaps done', () => {
    const agent = startedAgent({ tools: { shout: [{ mode: 'auto' }] } }).asks(shout);
    agent.loses(0);
    assert.equal(agent.approval.subject, 'unknown_outcome');
    agent.decide('reject', { message: 'it may have been heard' });
    agent.asks(shout);
    assert.deepEqual(agent.lastResults(1), ['Rejected']);
    const older = startedAgent({
      definition: { edition: undefined },
      tools: { shout: [{ mode: 'auto' }] },
    }).asks(shout);
    older.loses(0);
    older.decide('reject');
    assert.equal(older.asks(shout).state.calls[0]?.status, 'running');
  });

  it('may be proposed again when people have said something, or after some turns', () => {
    const told = rejected();
    told.wait(1);
    told.send('message', { text: 'Now you may.', by: 'ann' });
    told.asks(shout);
    assert.equal(told.approval.tool, 'shout');
    const later = rejected();
    for (let turn = 0; turn < 10; turn += 1) later.asks(shout);
    later.asks(shout);
    assert.equal(later.approval.turn, 12);
  });
});
