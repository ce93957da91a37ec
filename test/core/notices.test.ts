import assert from 'node:assert/strict';
import { noticesOf } from '../../src/core/notices.ts';
import { call, DAY_MS, HOUR_MS, startedAgent, type TestAgent } from '../support/agent-builder.ts';

function asking(id = 'a1'): TestAgent {
  return startedAgent({ id, definition: { notifies: true } }).asks(
    call('shout', { what: 'hey' }),
    call('ask_human', { question: 'Red?' }),
  );
}

describe('what people should know of an agent', () => {
  it('is nothing where nobody is to be told', () => {
    const agent = startedAgent().asks(call('shout', { what: 'hey' }));
    assert.equal(agent.approval.status, 'open');
    assert.deepEqual(noticesOf(agent.state), []);
  });

  it('is each approval and question as long as it is open, by an id that stays', () => {
    const agent = asking();
    const both = noticesOf(agent.state);
    assert.deepEqual(
      both.map(({ type, approval, summary }) => [type, approval?.subject, summary]),
      [
        ['approval.opened', 'tool', 'Allow shout {"what":"hey"}?'],
        ['approval.opened', 'question', 'Red?'],
      ],
    );
    agent.send('message', { text: 'Hello.', by: 'ann' });
    assert.deepEqual(noticesOf(agent.state), both);
    agent.send('decide', { approval: both[0]!.approval!.id, decision: 'reject', by: 'ann' });
    assert.deepEqual(noticesOf(agent.state), both.slice(1));
  });

  it('is an approval again when it is time for a reminder, and when more people may decide', () => {
    const rule = { mode: 'approve' as const, approvers: { people: ['ann'] }, remind: '1h' };
    const escalate = [{ after: '90m', people: ['bob'] }];
    const tools = { shout: [{ ...rule, escalate }] };
    const agent = startedAgent({ definition: { notifies: true }, tools }).asks(
      call('shout', { what: 'hey' }),
    );
    const seen = [0, 1, 1].map((hours) => {
      agent.wait(hours * HOUR_MS);
      const [notice, ...more] = noticesOf(agent.state);
      assert.equal(more.length, 0);
      return [notice?.type, notice?.approval?.approvers?.people, notice?.id];
    });
    assert.deepEqual(
      seen.map(([type, people]) => [type, people]),
      [
        ['approval.opened', ['ann']],
        ['approval.reminded', ['ann']],
        ['approval.reminded', ['ann', 'bob']],
      ],
    );
    assert.equal(new Set(seen.map(([, , id]) => id)).size, 3);
  });

  it('is all of it anew after a reset', () => {
    const agent = asking();
    const before = noticesOf(agent.state).map(({ id }) => id);
    agent.wait(1);
    agent.happen({ type: 'reset' });
    const after = noticesOf(agent.state).map(({ id }) => id);
    assert.equal(after.length, before.length);
    assert.deepEqual(
      after.filter((id) => before.includes(id)),
      [],
    );
  });

  it('is a call that runs without leave, where its rule says so', () => {
    const tools = {
      book: [
        { when: "args.what == 'a'", mode: 'auto' as const, notify: true as const },
        { mode: 'auto' as const },
      ],
    };
    const agent = startedAgent({ definition: { notifies: true }, tools });
    agent.asks(call('book', { what: 'a' }), call('book', { what: 'b' }));
    assert.deepEqual(
      noticesOf(agent.state).map(({ type, summary }) => [type, summary]),
      [['call.started', 'book {"what":"a"}']],
    );
    agent.succeeds(0);
    assert.deepEqual(noticesOf(agent.state), []);
  });

  it('has another id for another agent, and for one that has the same id later', () => {
    const ids = [asking().state, asking('a2').state, { ...asking().state, firstRunId: 'run-2' }].flatMap(
      (state) => noticesOf(state).map(({ id }) => id),
    );
    assert.equal(new Set(ids).size, 6);
    assert.ok(ids.every((id) => /^notice_[0-9a-f]{24}$/.test(id)));
  });

  it('is that it has failed, and not that it has done its work or was stopped', () => {
    const failed = startedAgent({ definition: { notifies: true, budget: { turns: 1 } } });
    failed.asks(call('note', { text: 'x' }));
    assert.equal(failed.state.suspension?.kind, 'budget');
    assert.deepEqual(
      noticesOf(failed.state).map(({ type, approval }) => [type, approval?.subject]),
      [['approval.opened', 'budget']],
    );
    failed.wait(8 * DAY_MS);
    const [notice, ...more] = noticesOf(failed.state);
    assert.deepEqual([notice?.type, more], ['agent.failed', []]);
    assert.match(notice?.summary ?? '', /^BudgetExceeded: /);
    const stopped = asking();
    stopped.send('stop', { by: 'ann' });
    stopped.happen({ type: 'drained' });
    assert.equal(stopped.state.phase, 'ended');
    assert.deepEqual(noticesOf(stopped.state), []);
  });
});
