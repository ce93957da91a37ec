import assert from 'node:assert/strict';
import { MAX_AGREED_CHARS } from '../../src/core/bounds.ts';
import { peopleLines } from '../../src/core/audit-people.ts';
import { call, startedAgent, type TestAgent } from '../support/agent-builder.ts';

describe('what one of several people says with a yes', () => {
  const asking = (): TestAgent =>
    startedAgent({ tools: { shout: [{ mode: 'approve', approvers: { quorum: 3 } }] } }).asks(
      call('shout', { what: 'hey' }),
    );
  const words = `It is ${'very '.repeat(10_000)}well.`;

  it('is kept as it is where it is short, and its beginning else', () => {
    const agent = asking();
    agent.decide('approve', { message: 'Yes.' });
    agent.decide('approve', { by: 'bert', message: words });
    const [short, long] = agent.approval.decisions.map(({ message }) => message);
    assert.equal(short, 'Yes.');
    assert.equal(long, `${words.slice(0, MAX_AGREED_CHARS)} …[cut: the history has the rest]`);
  });

  it('is recognised when it is said again, and is not taken for something else', () => {
    const agent = asking();
    agent.decide('approve', { message: words });
    assert.equal(agent.decide('approve', { message: words }), undefined);
    assert.equal(agent.decide('approve', { message: 'It is.' })?.type, 'Conflict');
    assert.equal(agent.decide('approve')?.type, 'Conflict');
    assert.equal(agent.approval.decisions.length, 1);
  });

  it('is in the audit as a whole', () => {
    const agent = asking();
    const before = agent.state;
    agent.decide('approve', { message: words });
    const event = agent.events.at(-1) ?? assert.fail();
    const lines = peopleLines({ before, after: agent.state, event, values: false });
    assert.deepEqual(
      lines.map(({ what, why }) => [what, why]),
      [['approval.decided', words]],
    );
  });
});

describe('leave given ahead', () => {
  it('is bounded by what it takes together, and what counts no more makes room', () => {
    const agent = startedAgent();
    const until = new Date(agent.now + 86_400_000).toISOString();
    const give = (uses: number) =>
      agent.send('grant', { tool: 'shout', by: 'ann', until, uses, reason: '漢'.repeat(2_000) });
    let uses = 1;
    while (give(uses) === undefined) uses += 1;
    assert.equal(uses - 1, 16);
    assert.match(give(uses)?.message ?? '', /take 10\d{4} bytes, more than 100000; say less, or revoke some/);
    assert.equal(agent.send('grant', { tool: 'shout', by: 'ann', until, uses }), undefined);
    agent.send('revoke', { grant: agent.state.standing[0]?.id ?? '', by: 'ann' });
    assert.equal(give(uses + 1), undefined);
    assert.ok(!agent.state.standing.some(({ revoked }) => revoked));
  });
});
