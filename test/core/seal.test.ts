import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealing } from '../../src/client/admin/sealing.ts';
import type { AgentMessageName } from '../../src/contracts/messages.ts';
import { JsonObject } from '../../src/contracts/json.ts';
import type { Role } from '../../src/contracts/role.ts';
import { Seal } from '../../src/contracts/seal.ts';
import { adminKeyIn } from '../../src/storage/admin-key.ts';
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
