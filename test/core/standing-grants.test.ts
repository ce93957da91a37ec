import assert from 'node:assert/strict';
import { statusDocument } from '../../src/core/status-document.ts';
import { DAY_MS, factsFor, startedAgent } from '../support/agent-builder.ts';
import { asks, give, inDays, pay, runs } from '../support/leave-ahead.ts';

describe('leave given ahead', () => {
  it('lets run what a rule would ask about, and says by whose leave', () => {
    const agent = startedAgent();
    assert.equal(give(agent), undefined);
    pay(agent);
    assert.deepEqual([asks(agent), runs(agent)], [false, true]);
    const [grant] = statusDocument(agent.state).grants ?? [];
    assert.deepEqual([grant?.by, grant?.used], ['ann', 1]);
    assert.deepEqual([agent.call(0).approval?.id, agent.call(0).approval?.by], [grant?.id, 'ann']);
  });

  it('holds for other tools, other facts and what is only suggested or denied not at all', () => {
    const other = startedAgent();
    give(other, { tool: 'shout' });
    assert.equal(asks(pay(other)), true);
    const bounded = startedAgent();
    give(bounded, { when: 'facts.amount <= 100.0' });
    assert.equal(asks(pay(bounded)), true);
    const unclear = startedAgent();
    give(unclear, { when: 'facts.weight < 3.0' });
    assert.equal(asks(pay(unclear)), true);
    const suggested = startedAgent();
    give(suggested);
    assert.equal(asks(pay(suggested, factsFor.suggest)), true);
    const denied = startedAgent();
    give(denied);
    assert.deepEqual(pay(denied, factsFor.deny).lastResults(1), ['Forbidden']);
  });

  it('holds only for the rule that it names', () => {
    for (const [rule, isAsked] of [
      ['facts.amount > 1000.0', false],
      ['facts.amount > 9000.0', true],
    ] as const) {
      const agent = startedAgent();
      give(agent, { rule });
      assert.equal(asks(pay(agent)), isAsked);
    }
  });

  it('ends with its time, its number of uses, and when it is taken back', () => {
    const late = startedAgent();
    give(late);
    late.wait(2 * DAY_MS);
    assert.equal(asks(pay(late)), true);
    const once = startedAgent();
    give(once, { uses: 1 });
    pay(once).succeeds(0);
    assert.equal(asks(pay(once)), true);
    const revoked = startedAgent();
    give(revoked);
    const id = revoked.state.standing[0]?.id ?? '';
    assert.equal(revoked.send('revoke', { grant: id, by: 'bert' }), undefined);
    assert.equal(revoked.send('revoke', { grant: id, by: 'bert' }), undefined);
    assert.equal(revoked.send('revoke', { grant: id, by: 'ann' })?.type, 'Conflict');
    assert.equal(revoked.send('revoke', { grant: 'none', by: 'ann' })?.type, 'NotFound');
    assert.equal(asks(pay(revoked)), true);
  });

  it('is taken back by who has seen the agent as it is now, or does not say', () => {
    const agent = startedAgent();
    give(agent);
    const revoke = { grant: agent.state.standing[0]?.id ?? '', by: 'bert' };
    const { revision } = agent.state;
    agent.send('message', { text: 'Go on.', by: 'ann' });
    assert.equal(agent.send('revoke', { ...revoke, revision })?.type, 'Conflict');
    const revokers = () => agent.state.standing.map(({ revoked }) => revoked?.by);
    assert.deepEqual(revokers(), [undefined]);
    assert.equal(agent.send('revoke', { ...revoke, revision: agent.state.revision }), undefined);
    assert.deepEqual(revokers(), ['bert']);
  });

  it('counts only from who might have decided, and never where several must', () => {
    const rules = (approvers: object) => ({
      tools: { pay: [{ mode: 'approve' as const, approvers }] },
      start: { requester: 'ann' },
    });
    for (const approvers of [{ people: ['bert'] }, { role: 'viewer' }, { fourEyes: true }, { quorum: 2 }]) {
      const agent = startedAgent(rules(approvers));
      give(agent);
      assert.equal(asks(pay(agent)), true, JSON.stringify(approvers));
    }
  });

  it('is asked for anew when the facts are others right before the call', () => {
    const agent = startedAgent();
    give(agent, { when: 'facts.amount <= 5000.0' });
    pay(agent);
    agent.factsChange(0, { ...factsFor.approve, amount: 6_000 });
    assert.equal(asks(agent), true);
    assert.equal(runs(agent), false);
  });

  it('does not bring back what people have rejected since, unless it is given once more', () => {
    const agent = pay(startedAgent());
    give(agent);
    agent.wait(1);
    agent.decide('reject', { message: 'not this one' });
    agent.wait(1);
    assert.deepEqual(pay(agent).lastResults(1), ['Rejected']);
    give(agent, { uses: 3 });
    assert.equal(runs(pay(agent)), true);
  });

  it('is refused with the reason, and given once', () => {
    const agent = startedAgent();
    assert.equal(give(agent, { tool: 'fly' })?.type, 'NotFound');
    assert.match(give(agent, { when: 'facts.amount >' })?.message ?? '', /^when: /);
    assert.match(give(agent, { until: inDays(agent, -1) })?.message ?? '', /has passed/);
    assert.match(give(agent, { until: inDays(agent, 91) })?.message ?? '', /90 days/);
    give(agent);
    assert.equal(give(agent), undefined);
    assert.equal(agent.state.standing.length, 1);
    for (let uses = 1; uses < 50; uses += 1) give(agent, { uses });
    assert.equal(give(agent, { uses: 99 })?.type, 'Conflict');
    agent.wait(3 * DAY_MS);
    assert.equal(give(agent), undefined);
    assert.equal(agent.state.standing.length, 50);
  });
});
