import assert from 'node:assert/strict';
import { call, startedAgent } from '../support/agent-builder.ts';
import { asks, give, pay, runs } from '../support/leave-ahead.ts';

describe('leave that is taken back', () => {
  it('is gone at once for a call that has not begun: one that waits, or that came while the agent is paused', () => {
    const held = startedAgent();
    give(held);
    held.send('pause', { by: 'ann' });
    held.wait(1);
    pay(held);
    assert.equal(asks(held), false);
    held.send('revoke', { grant: held.state.standing[0]!.id, by: 'ann' });
    assert.equal(asks(held), true);
    held.send('resume', { by: 'ann' });
    assert.equal(runs(held), false);
    const waiting = startedAgent({ tools: { shout: [{ mode: 'approve' }] } });
    give(waiting, { tool: 'shout' });
    waiting.asks(call('shout', { what: 'hey' }));
    waiting.happen({ type: 'tool-lost', index: 0, problem: { type: 'ToolRateLimited', message: 'later' } });
    waiting.send('revoke', { grant: waiting.state.standing[0]!.id, by: 'ann' });
    assert.equal(asks(waiting), true);
    const covered = startedAgent({ tools: { shout: [{ mode: 'approve' }] } });
    give(covered, { tool: 'shout' });
    give(covered, { tool: 'shout', uses: 5 });
    covered.asks(call('shout', { what: 'hey' }));
    covered.happen({ type: 'tool-lost', index: 0, problem: { type: 'ToolRateLimited', message: 'later' } });
    covered.send('revoke', { grant: covered.state.standing[0]!.id, by: 'ann' });
    // Other leave lets it run, but not before its tool can be asked again.
    assert.deepEqual([asks(covered), covered.call(0).status], [false, 'waiting']);
    const begun = startedAgent();
    give(begun);
    pay(begun);
    begun.send('revoke', { grant: begun.state.standing[0]!.id, by: 'ann' });
    assert.deepEqual([asks(begun), runs(begun)], [false, true]);
  });
});
