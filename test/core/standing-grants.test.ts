import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { call, factsFor, startedAgent, type TestAgent } from '../support/agent-builder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function inDays(agent: TestAgent, days: number): string {
  return new Date(agent.now + days * DAY_MS).toISOString();
}

function give(agent: TestAgent, more: object = {}) {
  return agent.send('grant', { tool: 'pay', by: 'ann', until: inDays(agent, 2), ...more });
}

function pay(agent: TestAgent, facts: object = factsFor.approve): TestAgent {
  return agent.asks(call('pay', { invoice: 'i1' })).assessed(0, { ...facts });
}

const asks = ({ state }: TestAgent): boolean => state.approvals.some(({ status }) => status === 'open');
const runs = ({ state }: TestAgent): boolean => commandsOf(state).some(({ type }) => type === 'run-tool');

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
