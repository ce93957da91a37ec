import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealing } from '../../src/client/admin/sealing.ts';
import { type AgentMessageName, parseMessage } from '../../src/contracts/messages.ts';
import { JsonObject } from '../../src/contracts/json.ts';
import type { Role } from '../../src/contracts/role.ts';
import { Seal } from '../../src/contracts/seal.ts';
import { adminKeyIn } from '../../src/storage/admin-key.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { call, startedAgent, type TestAgent } from '../support/agent-builder.ts';

describe('a seal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-key-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const trusted = [adminKeyIn(join(folder, 'other')).publicKey, adminKeyIn(join(folder, 'own')).publicKey];
  const seal = sealing(join(folder, 'own'));

  const asking = (keys: readonly string[] = trusted): TestAgent =>
    startedAgent({
      definition: { trusted: [...keys] },
      tools: { shout: [{ mode: 'approve', approvers: { role: 'operator' } }] },
    }).asks(call('shout', { what: 'hey' }));

  function sealed(
    name: AgentMessageName,
    payload: object,
    { agent = 'a1', role = 'operator' }: { agent?: string; role?: Role } = {},
  ): JsonObject {
    return JsonObject.parse(seal.message(agent, name, { ...payload }, { name: 'ann', role }));
  }

  const approval = ({ approval: { id } }: TestAgent) => ({ approval: id, decision: 'approve' });

  it('of an admin server that is trusted says who decided', () => {
    const agent = asking();
    assert.equal(agent.send('decide', sealed('decide', approval(agent))), undefined);
    const { decisions } = agent.state.approvals[0] ?? assert.fail();
    assert.deepEqual(
      decisions.map(({ by, signedInAs }) => [by, signedInAs]),
      [['ann', 'operator']],
    );
    assert.equal(agent.state.transitions.at(-1)?.signedInAs, 'operator');
  });

  it('has the role that it was given for, and no stronger one', () => {
    const agent = asking();
    const weak = sealed('decide', approval(agent), { role: 'approver' });
    assert.equal(agent.send('decide', weak)?.type, 'Forbidden');
    const forged = { ...weak, seal: { ...JsonObject.parse(weak['seal']), role: 'operator' } };
    assert.equal(agent.send('decide', forged)?.type, 'Forbidden');
  });

  it('means nothing for another message, agent, sender or key, nor when it is damaged', () => {
    const agent = asking();
    const good = sealed('decide', approval(agent));
    const other = JsonObject.parse(sealed('decide', approval(agent), { agent: 'a2' }));
    const { signature } = Seal.parse(good['seal']);
    const last = signature.endsWith('0') ? '1' : '0';
    const damaged = [signature.slice(0, -1) + last, '0'.repeat(128), 'x'.repeat(128)];
    const attempts = [
      { ...good, by: 'bert' },
      { ...good, message: 'more' },
      other,
      sealed('claim', approval(agent)),
      ...damaged.map((text) => ({ ...good, seal: { ...JsonObject.parse(good['seal']), signature: text } })),
    ];
    for (const attempt of attempts) assert.equal(agent.send('decide', attempt)?.type, 'Forbidden');
    const foreign = asking([adminKeyIn(join(folder, 'other')).publicKey]);
    assert.equal(foreign.send('decide', sealed('decide', approval(foreign)))?.type, 'Forbidden');
    assert.equal(asking([]).send('decide', good)?.type, 'Forbidden');
    assert.equal(agent.send('decide', good), undefined);
  });

  it('counts once, whoever sends it again', () => {
    const agent = asking();
    const extension = sealed('extendBudget', { turns: 10 });
    const before = agent.state.limits.turns;
    for (let times = 0; times < 3; times += 1) assert.equal(agent.send('extendBudget', extension), undefined);
    assert.equal(agent.state.limits.turns, before + 10);
    const pause = sealed('pause', {});
    agent.send('pause', pause);
    agent.send('resume', { by: 'ann' });
    agent.send('pause', pause);
    assert.equal(agent.state.paused, undefined);
  });

  it('lets the people of a role have what was handed to it, and nobody else', () => {
    const agent = startedAgent({ definition: { trusted }, tools: { shout: [{ mode: 'approve' }] } }).asks(
      call('shout', { what: 'hey' }),
    );
    const { id } = agent.approval;
    const as = (name: AgentMessageName, role: Role, payload: object = {}) =>
      agent.send(name, sealed(name, { approval: id, ...payload }, { role }));
    assert.equal(as('reassign', 'approver', { role: 'operator' })?.type, 'Forbidden');
    assert.equal(as('claim', 'approver'), undefined);
    assert.deepEqual(
      statusDocument(agent.state).approvals.map(({ claim }) => claim?.signedInAs),
      ['approver'],
    );
    for (const wrong of [{}, { to: 'bert', role: 'operator' }, { role: 'boss' }])
      assert.ok(!parseMessage('reassign', { approval: id, by: 'ann', ...wrong }).ok);
    assert.equal(as('reassign', 'approver', { role: 'operator' }), undefined);
    assert.equal(as('reassign', 'approver', { role: 'operator' }), undefined);
    assert.deepEqual([agent.approval.claim?.role, agent.approval.claim?.from], ['operator', 'ann']);
    const decision = { decision: 'reject', message: 'no' };
    assert.match(
      as('decide', 'approver', decision)?.message ?? '',
      /handed to whoever is signed in as operator/,
    );
    // Nor who has the role's name, or says that they have it.
    for (const by of ['operator', 'ann'])
      assert.equal(agent.send('decide', { approval: id, ...decision, by })?.type, 'Conflict');
    assert.equal(as('release', 'approver')?.type, 'Conflict');
    assert.equal(as('claim', 'operator'), undefined);
    assert.deepEqual([agent.approval.claim?.by, agent.approval.claim?.role], ['ann', undefined]);
    assert.equal(as('reassign', 'operator', { role: 'admin' }), undefined);
    assert.equal(as('decide', 'operator', decision)?.type, 'Conflict');
    assert.equal(as('decide', 'admin', decision), undefined);
  });

  it('hands nothing to a role that may not decide, nor to one where people are named', () => {
    const handed = (approvers: { role?: Role; people?: string[] }, role: Role) => {
      const agent = startedAgent({
        definition: { trusted },
        tools: { shout: [{ mode: 'approve', approvers }] },
      }).asks(call('shout', { what: 'hey' }));
      const payload = { approval: agent.approval.id, role };
      return agent.send('reassign', sealed('reassign', payload, { role: 'admin' }))?.type;
    };
    assert.equal(handed({ role: 'operator' }, 'approver'), 'Forbidden');
    assert.equal(handed({ role: 'operator' }, 'admin'), undefined);
    assert.equal(handed({ people: ['ann'] }, 'admin'), 'Forbidden');
  });

  it('stays with what the agent remembers of a message, without the proof', () => {
    const agent = asking();
    agent.send('message', sealed('message', { text: 'Hello.' }));
    agent.send('message', { text: 'Hello.', by: 'ann' });
    assert.deepEqual(
      agent.state.inbox.map(({ by, signedInAs }) => [by, signedInAs]),
      [
        ['ann', 'operator'],
        ['ann', undefined],
      ],
    );
    assert.ok(!JSON.stringify(agent.state.inbox).includes('signature'));
  });
});
