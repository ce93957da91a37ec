import assert from 'node:assert/strict';
import type { PolicyRule } from '../../src/contracts/definition.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { wakesOf } from '../../src/core/clock.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { call, startedAgent, type TestAgent } from '../support/agent-builder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const shout = call('shout', { what: 'hey' });

function asking(rule: Omit<PolicyRule, 'mode'>, requester?: string): TestAgent {
  return startedAgent({
    tools: { shout: [{ mode: 'approve', ...rule }] },
    ...(requester === undefined ? {} : { start: { requester } }),
  }).asks(shout);
}

function approve(agent: TestAgent, by: string, more = {}) {
  return agent.send('decide', { approval: agent.approval.id, decision: 'approve', by, ...more });
}

const running = (agent: TestAgent): string[] => commandsOf(agent.state).map(({ id }) => id);

describe('who decides', () => {
  it('is anybody where the rule says nothing', () => {
    const agent = asking({}, 'ann');
    assert.equal(approve(agent, 'ann'), undefined);
    assert.deepEqual(running(agent), ['run:1:0:1']);
  });

  it('is whom the rule names, however they write themselves', () => {
    const agent = asking({ approvers: { people: ['Ann', 'bert'] } });
    const refused = approve(agent, 'carla');
    assert.equal(refused?.type, 'Forbidden');
    assert.match(refused.message, /carla may not decide this: that may Ann, bert/);
    assert.equal(approve(agent, ' ANN'), undefined);
  });

  it('is nobody who only says so where the rule wants a role, or people who are signed in', () => {
    for (const approvers of [{ role: 'viewer' as const }, { people: ['ann'], signedIn: true }])
      assert.equal(approve(asking({ approvers }), 'ann')?.type, 'Forbidden');
  });

  it('is not who asked for the work, with four eyes', () => {
    const agent = asking({ approvers: { fourEyes: true } }, 'Ann');
    for (const by of ['Ann', 'ann ', 'ＡＮＮ']) assert.equal(approve(agent, by)?.type, 'Forbidden');
    assert.equal(approve(agent, 'bert'), undefined);
  });
});

describe('a quorum', () => {
  const two = { approvers: { quorum: 2 } };

  it('is met by as many different people', () => {
    const agent = asking(two);
    assert.equal(approve(agent, 'ann'), undefined);
    assert.deepEqual(running(agent), []);
    assert.equal(agent.approval.revision, 2);
    assert.equal(approve(agent, 'ANN')?.type, 'Conflict');
    assert.equal(approve(agent, 'bert', { revision: 1 })?.type, 'Conflict');
    assert.equal(approve(agent, 'bert', { revision: 2 }), undefined);
    assert.deepEqual(running(agent), ['run:1:0:1']);
    assert.equal(agent.call(0).approval?.by, 'ann, bert');
  });

  it('answers a repeated yes as the first', () => {
    const agent = asking(two);
    approve(agent, 'ann');
    assert.equal(approve(agent, 'ann'), undefined);
    assert.equal(agent.approval.decisions.length, 1);
  });

  it('is ended by one no', () => {
    const agent = asking(two);
    approve(agent, 'ann');
    agent.send('decide', { approval: agent.approval.id, decision: 'reject', by: 'bert' });
    assert.deepEqual(agent.lastResults(1), ['Rejected']);
  });

  it('counts an edit as the first yes to the edited call, and forgets those before', () => {
    const agent = asking(two);
    const { id } = agent.approval;
    approve(agent, 'ann');
    agent.send('decide', { approval: id, decision: 'edit', args: { what: 'ho' }, by: 'bert' });
    assert.notEqual(agent.approval.id, id);
    assert.deepEqual(
      agent.approval.decisions.map(({ decision, by }) => [decision, by]),
      [['approve', 'bert']],
    );
    assert.deepEqual(running(agent), []);
    assert.equal(approve(agent, 'bert', { message: 'again' })?.type, 'Conflict');
    approve(agent, 'ann');
    assert.deepEqual(running(agent), ['run:1:0:2']);
  });
});

describe('a call that was lost', () => {
  it('takes as many people, and the same, to be run once more', () => {
    const agent = asking({ approvers: { people: ['ann', 'bert'], quorum: 2 } });
    for (const by of ['ann', 'bert']) approve(agent, by);
    agent.loses(0);
    assert.deepEqual([agent.approval.subject, agent.approval.required], ['unknown_outcome', 2]);
    assert.equal(approve(agent, 'carla')?.type, 'Forbidden');
    approve(agent, 'ann');
    assert.deepEqual(running(agent), []);
    approve(agent, 'bert');
    assert.deepEqual(running(agent), ['run:1:0:2']);
  });
});

describe('a claim', () => {
  it('keeps others out until it is released or over', () => {
    const agent = asking({});
    const claim = { approval: agent.approval.id, by: 'ann' };
    assert.equal(agent.send('claim', claim), undefined);
    assert.equal(agent.send('claim', claim), undefined);
    assert.equal(agent.approval.revision, 2);
    const refused = approve(agent, 'bert');
    assert.equal(refused?.type, 'Conflict');
    assert.match(refused.message, /is claimed by ann until 2026/);
    assert.equal(agent.send('claim', { ...claim, by: 'bert' })?.type, 'Conflict');
    assert.equal(agent.send('release', { ...claim, by: 'bert' })?.type, 'Conflict');
    assert.equal(agent.send('release', claim), undefined);
    assert.equal(agent.send('claim', { ...claim, by: 'bert' }), undefined);
    agent.wait(HOUR_MS);
    assert.equal(approve(agent, 'ann'), undefined);
    assert.equal(agent.send('release', claim)?.type, 'Conflict');
  });

  it('and its release are based on the approval as it is now, or on whatever it is', () => {
    const agent = asking({});
    const claim = { approval: agent.approval.id, by: 'ann' };
    const stale = agent.send('claim', { ...claim, revision: 2 });
    assert.match(stale?.message ?? '', /is at revision 1, the claim was based on 2/);
    assert.deepEqual([stale?.type, agent.approval.claim], ['Conflict', undefined]);
    assert.equal(agent.send('claim', { ...claim, revision: 1 }), undefined);
    // It is taken, and whoever has it need not know how.
    assert.equal(agent.send('claim', { ...claim, revision: 1 }), undefined);
    assert.equal(agent.send('release', { ...claim, revision: 1 })?.type, 'Conflict');
    assert.equal(agent.approval.claim?.by, 'ann');
    assert.equal(agent.send('release', { ...claim, revision: 2 }), undefined);
    assert.equal(agent.approval.claim, undefined);
  });

  it('is not for who may not decide, nor where several do', () => {
    for (const [approvers, type] of [
      [{ people: ['bert'] }, 'Forbidden'],
      [{ quorum: 2 }, 'Invalid'],
    ] as const) {
      const agent = asking({ approvers: { ...approvers, people: ['bert'] } });
      assert.equal(agent.send('claim', { approval: agent.approval.id, by: 'ann' })?.type, type);
    }
    assert.equal(asking({}).send('claim', { approval: 'none', by: 'ann' })?.type, 'NotFound');
  });
});

describe('a reassignment', () => {
  const ofAnn = (agent: ReturnType<typeof asking>, to: string) => ({
    approval: agent.approval.id,
    to,
    by: 'ann',
  });

  it('hands on what one has, for an hour, and keeps others out as a claim does', () => {
    const agent = asking({});
    assert.equal(agent.send('reassign', ofAnn(agent, 'bert'))?.type, 'Forbidden');
    agent.send('claim', { approval: agent.approval.id, by: 'Ann' });
    assert.equal(agent.send('reassign', { ...ofAnn(agent, 'carla'), by: 'bert' })?.type, 'Forbidden');
    assert.equal(agent.send('reassign', ofAnn(agent, 'bert')), undefined);
    assert.equal(agent.send('reassign', ofAnn(agent, 'bert')), undefined);
    assert.equal(agent.approval.revision, 3);
    assert.deepEqual([agent.approval.claim?.by, agent.approval.claim?.from], ['bert', 'ann']);
    assert.equal(approve(agent, 'ann')?.type, 'Conflict');
    assert.equal(agent.send('reassign', ofAnn(agent, 'ann'))?.type, 'Forbidden');
    agent.wait(HOUR_MS);
    assert.equal(agent.send('reassign', { ...ofAnn(agent, 'carla'), by: 'bert' })?.type, 'Forbidden');
    const late = ofAnn(agent, 'bert');
    assert.equal(approve(agent, 'ann'), undefined);
    assert.equal(agent.send('reassign', late)?.type, 'Conflict');
  });

  it('is not to whom the rule keeps out', () => {
    const named = asking({ approvers: { people: ['ann', 'bert'] } });
    named.send('claim', { approval: named.approval.id, by: 'ann' });
    assert.equal(named.send('reassign', ofAnn(named, 'carla'))?.type, 'Forbidden');
    assert.equal(named.send('reassign', ofAnn(named, 'Bert ')), undefined);
    const several = asking({ approvers: { people: ['ann', 'bert'], quorum: 2 } });
    assert.equal(several.send('reassign', ofAnn(several, 'bert'))?.type, 'Invalid');
  });
});

describe('an approval that nobody decides', () => {
  it('reminds, lets more people decide, and expires', () => {
    const agent = asking({
      approvers: { people: ['ann'] },
      remind: '8h',
      escalate: [
        { after: '1d', people: ['bert'] },
        { after: '36h', role: 'admin' },
      ],
      deadline: { after: '2d', outcome: 'reject' },
    });
    assert.deepEqual(
      wakesOf(agent.state).map(({ id, at }) => [id.split(':')[0], (at - agent.now) / HOUR_MS]),
      [
        ['approval', 48],
        ['escalate', 24],
        ['remind', 8],
      ],
    );
    agent.wait(8 * HOUR_MS);
    assert.equal(agent.approval.told, 1);
    assert.equal(approve(agent, 'bert')?.type, 'Forbidden');
    agent.wait(16 * HOUR_MS);
    assert.deepEqual(agent.approval.approvers, { people: ['ann', 'bert'] });
    assert.equal(agent.approval.revision, 1);
    agent.wait(12 * HOUR_MS);
    assert.deepEqual(agent.approval.approvers, { people: ['ann', 'bert'], role: 'admin' });
    assert.equal(agent.approval.escalations, undefined);
    agent.wait(12 * HOUR_MS);
    assert.deepEqual(agent.lastResults(1), ['Expired']);
  });

  it('takes reminders that were missed as one', () => {
    const agent = asking({ remind: '1h' });
    agent.wait(5.5 * HOUR_MS);
    assert.equal(agent.approval.told, 1);
    assert.equal(agent.approval.reminder?.at, agent.now + HOUR_MS / 2);
  });

  it('is asked on where the rule says so, until the agent itself is out of time', () => {
    const agent = startedAgent({
      tools: { shout: [{ mode: 'approve', deadline: { after: '2d', outcome: 'ask' } }] },
      definition: { budget: { deadline: '5d' } },
    }).asks(shout);
    for (const told of [1, 2]) {
      agent.wait(2 * DAY_MS);
      assert.equal(agent.approval.told, told);
    }
    agent.wait(2 * DAY_MS);
    assert.equal(agent.state.approvals[0]?.status, 'expired');
  });

  it('has its clock stopped by a pause where the rule says so', () => {
    const deadline = { after: '2d', outcome: 'reject', whilePaused: 'stops' } as const;
    const agent = asking({ deadline, remind: '12h' });
    agent.wait(6 * HOUR_MS);
    agent.send('pause', { by: 'ann' });
    assert.deepEqual(wakesOf(agent.state), []);
    const { approvals, interruptions } = statusDocument(agent.state);
    assert.deepEqual([approvals[0]?.expiresAt, approvals[0]?.clockStopped], [undefined, true]);
    assert.deepEqual([interruptions[0]?.kind, interruptions[0]?.deadline], ['approval', undefined]);
    agent.wait(7 * DAY_MS);
    assert.equal(agent.approval.told, undefined);
    agent.send('resume', { by: 'ann' });
    assert.equal(agent.approval.expiresAt, agent.now + 42 * HOUR_MS);
    assert.equal(agent.approval.reminder?.at, agent.now + 6 * HOUR_MS);
    agent.wait(42 * HOUR_MS);
    assert.deepEqual(agent.lastResults(1), ['Expired']);
  });
});
