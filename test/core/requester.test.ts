import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealing } from '../../src/client/admin/sealing.ts';
import type { PolicyRule } from '../../src/contracts/definition.ts';
import { JsonObject } from '../../src/contracts/json.ts';
import type { Role } from '../../src/contracts/role.ts';
import { AgentStart, type AgentStartInput } from '../../src/contracts/start.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { adminKeyIn } from '../../src/storage/admin-key.ts';
import { call, START_AT, type AgentOptions, startedAgent, type TestAgent } from '../support/agent-builder.ts';

type Approvers = NonNullable<PolicyRule['approvers']>;

describe('four eyes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-requester-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const trusted = [adminKeyIn(folder).publicKey];
  const seal = sealing(folder);
  const start: AgentStartInput = { agent: 'clerk', input: 'Count the beans.', requester: 'ann' };
  const wanted = AgentStart.parse(start);

  /** As if the server had been asked now for an agent that core thinks was asked for at another time. */
  function vouched(by = 'ann', id = 'a1', as = wanted, at = START_AT): AgentOptions['vouch'] {
    const now = Date.now;
    Date.now = () => at;
    try {
      return { seal: seal.start({ name: by, role: 'operator' })(id, as) };
    } finally {
      Date.now = now;
    }
  }

  function asking(options: AgentOptions = {}, approvers: Approvers = { fourEyes: true, signedIn: true }) {
    return startedAgent({
      definition: { trusted, provesRequesters: true, delegation: { children: 3, depth: 3 } },
      tools: { shout: [{ mode: 'approve', approvers }], delegate: [{ mode: 'auto' }] },
      start: wanted,
      ...options,
    }).asks(call('shout', { what: 'hey' }));
  }

  function decide(agent: TestAgent, by: string, decision = 'approve', more: object = {}) {
    const payload = { approval: agent.approval.id, decision, ...more };
    const role: Role = 'approver';
    return agent.send('decide', JsonObject.parse(seal.message('a1', 'decide', payload, { name: by, role })));
  }

  const runs = (agent: TestAgent): boolean => commandsOf(agent.state).some(({ type }) => type === 'run-tool');

  it('are those of one other person where an admin server vouches for who asked', () => {
    const agent = asking({ vouch: vouched() });
    assert.equal(statusDocument(agent.state).requesterSignedInAs, 'operator');
    assert.deepEqual([agent.approval.required, agent.approval.notBy], [1, 'ann']);
    assert.equal(decide(agent, 'Ann')?.type, 'Forbidden');
    assert.equal(decide(agent, 'bert'), undefined);
    assert.ok(runs(agent));
    assert.ok(!JSON.stringify(agent.state).includes('signature'));
  });

  it('are those of any two people who are signed in where nobody does', () => {
    const agent = asking();
    assert.equal(statusDocument(agent.state).requesterSignedInAs, undefined);
    const { required, notBy, requesterUnproven } = agent.approval;
    assert.deepEqual([required, notBy, requesterUnproven], [2, undefined, true]);
    assert.equal(
      agent.send('decide', { approval: agent.approval.id, decision: 'approve', by: 'bert' })?.type,
      'Forbidden',
    );
    assert.equal(decide(agent, 'ann'), undefined);
    assert.equal(decide(agent, 'ANN', 'approve', { message: 'again' })?.type, 'Conflict');
    assert.ok(!runs(agent));
    assert.equal(decide(agent, 'bert'), undefined);
    assert.ok(runs(agent));
  });

  it('are not those of who edits a call alone, nor of leave that one person gave ahead', () => {
    const agent = asking();
    assert.equal(decide(agent, 'bert', 'edit', { args: { what: 'ho' } }), undefined);
    assert.ok(!runs(agent));
    assert.equal(decide(agent, 'ann'), undefined);
    assert.ok(runs(agent));
    const granted = startedAgent({
      definition: { trusted, provesRequesters: true },
      tools: { shout: [{ mode: 'approve', approvers: { fourEyes: true, signedIn: true } }] },
    });
    const until = new Date(START_AT + 86_400_000).toISOString();
    const leave = seal.message('a1', 'grant', { tool: 'shout', until }, { name: 'bert', role: 'admin' });
    assert.equal(granted.send('grant', JsonObject.parse(leave)), undefined);
    granted.asks(call('shout', { what: 'hey' }));
    assert.equal(granted.approval.required, 2);
  });

  it('are no better vouched for by a seal of another start, person, time or server', () => {
    const stranger = sealing(join(folder, 'other')).start({ name: 'ann', role: 'operator' })('a1', wanted);
    const attempts: AgentOptions['vouch'][] = [
      vouched('ann', 'a2'),
      vouched('ann', 'a1', { ...wanted, input: 'Pay everybody.' }),
      vouched('ann', 'a1', { ...wanted, agent: 'payer' }),
      vouched('bert'),
      vouched('ann', 'a1', wanted, START_AT - 600_001),
      vouched('ann', 'a1', wanted, START_AT + 600_001),
      { seal: stranger },
      { signedInAs: 'admin' },
      { seal: 'yes' },
      'admin',
      null,
    ];
    for (const vouch of attempts) assert.equal(asking({ vouch }).approval.required, 2, JSON.stringify(vouch));
    const renamed = asking({ vouch: vouched(), start: { ...wanted, requester: 'bert' } });
    assert.equal(renamed.approval.required, 2);
    assert.equal(asking({ vouch: vouched('ann', 'a1', wanted, START_AT - 600_000) }).approval.required, 1);
  });

  it('are asked for where deciders must be signed in, and as before where a name is believed', () => {
    const two: Approvers[] = [
      { fourEyes: true, signedIn: true },
      { fourEyes: true, role: 'approver' },
    ];
    for (const approvers of two) assert.equal(asking({}, approvers).approval.required, 2);
    const as: Approvers[] = [
      { fourEyes: true },
      { fourEyes: true, people: ['bert'], role: 'approver' },
      { signedIn: true },
    ];
    for (const approvers of as) assert.equal(asking({}, approvers).approval.required, 1);
    assert.equal(asking({}, { fourEyes: true }).approval.notBy, 'ann');
    assert.equal(asking({}, { fourEyes: true, signedIn: true, quorum: 3 }).approval.required, 3);
  });

  it('are as they were for agents whose definition an older worker has read', () => {
    const agent = asking({ definition: { trusted } });
    assert.deepEqual([agent.approval.required, agent.approval.notBy], [1, 'ann']);
  });

  it('are known below an agent as well as above it, and only if Temporal says who is above', () => {
    const parent = asking({ vouch: vouched() });
    const below = childOf(parent);
    assert.deepEqual(below.vouch, { signedInAs: 'operator' });
    const child = (startedBy: string): TestAgent =>
      asking({ start: below.start, vouch: below.vouch, startedBy });
    assert.deepEqual([child('a1').approval.required, child('a1').approval.notBy], [1, 'ann']);
    assert.equal(child('a2').approval.required, 2);
    assert.equal(childOf(asking()).vouch, undefined);
    assert.equal(asking({ start: below.start, startedBy: 'a1' }).approval.required, 2);
  });

  function childOf(parent: TestAgent) {
    parent.send('decide', { approval: parent.approval.id, decision: 'reject', by: 'x' });
    decide(parent, 'cleo', 'reject');
    parent.asks(call('delegate', { agent: 'helper', input: 'Help.' }));
    const command = commandsOf(parent.state).find(({ type }) => type === 'start-child');
    return command?.type === 'start-child' ? command : assert.fail('nobody is started');
  }
});
