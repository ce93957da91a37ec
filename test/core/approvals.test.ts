import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { wakesOf } from '../../src/core/clock.ts';
import { statusMarkdown } from '../../src/core/status-text.ts';
import { call, DAY_MS, factsFor, HOUR_MS, startedAgent, type TestAgent } from '../support/agent-builder.ts';
import type { Deadline } from '../../src/contracts/definition.ts';

const shout = call('shout', { what: 'hey' });

function asking(deadline?: Deadline): TestAgent {
  const rule = { mode: 'approve' as const, ...(deadline ? { deadline } : {}) };
  return startedAgent({ tools: { shout: [rule] } }).asks(shout);
}

describe('an approval', () => {
  it('shows what it is about', () => {
    const agent = startedAgent()
      .asks(call('pay', { invoice: 'i1' }))
      .assessed(0, factsFor.approve);
    const { id, hash: _hash, proposal: _proposal, ...approval } = agent.approval;
    assert.match(id, /^t1-1-[0-9a-f]{6}$/);
    assert.deepEqual(approval, {
      ...{ revision: 1, subject: 'tool', turn: 1, index: 0, tool: 'pay', args: { invoice: 'i1' } },
      ...{ facts: factsFor.approve, rule: 'facts.amount > 1000.0', summary: 'Allow pay {"invoice":"i1"}?' },
      ...{ requestedAt: agent.now, expiresAt: agent.now + 7 * DAY_MS, onDeadline: 'reject', required: 1 },
      allowedDecisions: ['approve', 'edit', 'reject', 'respond', 'ignore'],
      ...{ decisions: [], status: 'open' },
    });
  });

  it('names the person in what the model is told', () => {
    const rejected = asking();
    rejected.decide('reject', { message: 'too loud' });
    assert.match(JSON.stringify(rejected.results), /ann rejected this call: too loud/);
    const ignored = asking();
    ignored.decide('ignore');
    assert.deepEqual(ignored.lastResults(1), ['Ignored']);
    const answered = asking();
    answered.decide('respond', { message: 'I shouted.' });
    assert.deepEqual(answered.results, [{ ok: true, result: { doneBy: 'ann', report: 'I shouted.' } }]);
  });

  it('of a suggestion is for a person to do; the agent does it only if they say so', () => {
    const suggested = () =>
      startedAgent()
        .asks(call('pay', { invoice: 'i1' }))
        .assessed(0, factsFor.suggest);
    const agent = suggested();
    assert.deepEqual(agent.approval.allowedDecisions, ['respond', 'approve', 'reject', 'ignore']);
    const refused = agent.decide('edit', { args: { invoice: 'i1' } });
    assert.equal(refused?.type, 'Invalid');
    assert.match(refused.message, /respond, approve, reject, ignore/);
    assert.deepEqual(commandsOf(agent.state), []);
    const told = suggested();
    told.decide('approve');
    assert.deepEqual(
      commandsOf(told.state).map(({ id }) => id),
      ['run:1:0:1'],
    );
    told.factsChange(0, { ...factsFor.suggest, amount: 1 });
    assert.equal(told.approval.subject, 'suggestion');
    agent.decide('respond', { message: 'paid by hand' });
    assert.deepEqual(agent.results.at(-1), { ok: true, result: { doneBy: 'ann', report: 'paid by hand' } });
  });

  it('of a question with a form is answered with its fields', () => {
    const form = {
      type: 'object',
      properties: {
        amount: { type: 'number', minimum: 0 },
        currency: { type: 'string', enum: ['EUR', 'USD'] },
      },
      required: ['amount'],
    };
    const agent = startedAgent().asks(call('ask_human', { question: 'How much?', form }));
    assert.deepEqual(agent.approval.form, form);
    // The line that people paste is one that the agent takes.
    assert.match(statusMarkdown(agent.state), /"decision":"respond","by":"you","args":\{"amount":0\}/);
    for (const args of [
      undefined,
      {},
      { amount: -1 },
      { amount: 1, currency: 'GBP' },
      { amount: 1, more: 2 },
    ]) {
      const refused = agent.decide('respond', args ? { args } : { message: '5' });
      assert.equal(refused?.type, 'Invalid', JSON.stringify(args));
    }
    assert.equal(agent.decide('respond', { args: { amount: 5 }, message: 'net' }), undefined);
    const answer = { answer: { amount: 5 }, message: 'net', by: 'ann' };
    assert.deepEqual(agent.results, [{ ok: true, result: answer }]);
  });

  it('of a question has no form that a model could do harm with', () => {
    const fields = [
      { text: { type: 'string', pattern: '(a+)+$' } },
      { nested: { type: 'object', properties: {} } },
      Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`f${at}`, { type: 'string' }])),
      {},
    ];
    for (const properties of fields) {
      const agent = startedAgent().asks(
        call('ask_human', { question: 'Q', form: { type: 'object', properties } }),
      );
      assert.deepEqual(agent.lastResults(1), ['Invalid']);
    }
  });

  it('of a question carries its choices and is answered', () => {
    const agent = startedAgent().asks(call('ask_human', { question: 'Red?', choices: ['yes', 'no'] }));
    assert.equal(agent.approval.summary, 'Red?');
    assert.deepEqual(agent.approval.choices, ['yes', 'no']);
    assert.equal(agent.decide('approve')?.type, 'Invalid');
    agent.decide('respond', { message: 'no' });
    assert.deepEqual(agent.results, [{ ok: true, result: { answer: 'no', by: 'ann' } }]);
  });

  it('may stand before a question', () => {
    const agent = startedAgent({ tools: { ask_human: [{ mode: 'approve' }] } });
    agent.asks(call('ask_human', { question: 'Red?' }));
    const leave = agent.approval.id;
    agent.decide('approve');
    assert.equal(agent.approval.subject, 'question');
    assert.notEqual(agent.approval.id, leave);
  });
});

describe('a decision', () => {
  it('that is repeated changes nothing and is no conflict', () => {
    const agent = asking();
    const { id } = agent.approval;
    const decide = { approval: id, decision: 'approve', by: 'ann', message: 'fine' };
    assert.equal(agent.send('decide', decide), undefined);
    const before = agent.state;
    assert.equal(agent.send('decide', decide), undefined);
    assert.equal(agent.send('decide', { ...decide, revision: 1 }), undefined);
    assert.deepEqual(agent.state, before);
    agent.succeeds(0);
    const later = agent.state;
    assert.equal(agent.send('decide', decide), undefined);
    assert.deepEqual(agent.state, later);
  });

  it('that comes second is a conflict which names who decided, when and what', () => {
    const agent = asking();
    const { id } = agent.approval;
    agent.decide('approve');
    const second = [
      { approval: id, decision: 'reject', by: 'bob' },
      { approval: id, decision: 'approve', by: 'bob' },
      { approval: id, decision: 'approve', by: 'ann', message: 'other words' },
    ];
    for (const decide of second) {
      const refused = agent.send('decide', decide);
      assert.equal(refused?.type, 'Conflict');
      assert.match(refused.message, /decided by ann at 2026-03-02T08:00:00.000Z \(approve\)/);
    }
    assert.equal(agent.call(0).status, 'running');
    assert.match(agent.state.transitions.at(-1)?.cause ?? '', /refused/);
  });

  it('for an approval that is not there is NotFound and says which are open', () => {
    const agent = asking();
    const refused = agent.send('decide', { approval: 't9-9', decision: 'approve', by: 'ann' });
    assert.equal(refused?.type, 'NotFound');
    assert.match(refused.message, new RegExp(agent.approval.id));
    const none = startedAgent().send('decide', { approval: 't9-9', decision: 'approve', by: 'ann' });
    assert.match(none?.message ?? '', /none is open/);
  });

  it('is not kept for an approval that is opened later', () => {
    const first = asking();
    const { id } = first.approval;
    const second = startedAgent({ tools: { shout: [{ mode: 'approve' }] } });
    assert.equal(second.send('decide', { approval: id, decision: 'approve', by: 'ann' })?.type, 'NotFound');
    second.asks(shout);
    assert.equal(second.approval.id, id);
    assert.deepEqual(commandsOf(second.state), []);
  });

  it('based on an older revision is a conflict', () => {
    const agent = asking();
    for (const revision of [0, 2]) {
      assert.equal(agent.decide('approve', { revision })?.type, 'Conflict');
    }
    assert.equal(agent.decide('approve', { revision: 1 }), undefined);
  });

  it('about one of several calls starts that one at once', () => {
    const agent = startedAgent().asks(shout, call('shout', { what: 'ho' }));
    const second = agent.state.approvals[1]?.id ?? '';
    agent.send('decide', { approval: second, decision: 'approve', by: 'ann' });
    assert.deepEqual(
      commandsOf(agent.state).map(({ id }) => id),
      ['run:1:1:1'],
    );
    assert.equal(agent.state.status, 'acting');
    agent.succeeds(1);
    assert.equal(agent.state.status, 'waiting');
  });

  it('of old times is forgotten, one that is open never', () => {
    const agent = startedAgent();
    for (let turn = 0; turn < 110; turn += 1) {
      agent.asks(shout);
      agent.decide('ignore');
    }
    agent.asks(shout);
    assert.equal(agent.approval.turn, 111);
    assert.equal(agent.state.approvals.length, 101);
  });
});

describe('the deadline of an approval', () => {
  const deadline = { after: '2h', outcome: 'reject' } as const;

  it('has a wake of its own', () => {
    const agent = asking(deadline);
    assert.deepEqual(
      wakesOf(agent.state).map(({ at }) => at - agent.now),
      [2 * HOUR_MS],
    );
    agent.wait(2 * HOUR_MS - 1);
    assert.equal(agent.approval.status, 'open');
  });

  it('never approves, whatever its outcome', () => {
    for (const outcome of ['reject', 'ignore', 'end'] as const) {
      const agent = asking({ after: '2h', outcome }).wait(2 * HOUR_MS);
      assert.equal(agent.state.approvals[0]?.status, 'expired');
      assert.ok(commandsOf(agent.state).every(({ type }) => type === 'call-model'));
      assert.deepEqual(wakesOf(agent.state), []);
    }
  });

  it('tells the model, or ends the agent', () => {
    assert.match(JSON.stringify(asking(deadline).wait(2 * HOUR_MS).results), /counts as a rejection/);
    const ignored = asking({ after: '2h', outcome: 'ignore' }).wait(2 * HOUR_MS);
    assert.match(JSON.stringify(ignored.results), /go on without an answer/);
    const ended = asking({ after: '2h', outcome: 'end' }).wait(2 * HOUR_MS);
    assert.ok(ended.state.outcome?.status === 'failed');
    assert.equal(ended.state.outcome.failure.type, 'ApprovalExpired');
    assert.equal(ended.state.status, 'failed');
    assert.equal(ended.state.turn, 1, 'no further turn begins');
  });

  it('gives exactly one outcome, whoever comes first', () => {
    const decided = asking(deadline);
    const { id } = decided.approval;
    const decide = { approval: id, decision: 'approve', by: 'ann' };
    decided.now += 2 * HOUR_MS;
    assert.equal(decided.send('decide', decide), undefined);
    decided.wait(0);
    assert.equal(decided.state.approvals[0]?.status, 'decided');
    assert.equal(decided.call(0).status, 'running');

    const expired = asking(deadline).wait(2 * HOUR_MS);
    const refused = expired.send('decide', decide);
    assert.equal(refused?.type, 'Conflict');
    assert.match(refused.message, /expired/);
    assert.deepEqual(expired.lastResults(1), ['Expired']);
    assert.equal(expired.results.length, 1);
  });

  it('withdraws the other questions when it ends the agent', () => {
    const agent = startedAgent({
      tools: { shout: [{ mode: 'approve', deadline: { after: '2h', outcome: 'end' } }] },
    });
    agent.asks(shout, call('ask_human', { question: 'Red?' })).wait(2 * HOUR_MS);
    assert.deepEqual(
      agent.state.approvals.map(({ status }) => status),
      ['expired', 'withdrawn'],
    );
  });
});
