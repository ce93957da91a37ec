import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealing } from '../../src/client/admin/sealing.ts';
import { JsonObject } from '../../src/contracts/json.ts';
import { type AgentMessageName, parseMessage } from '../../src/contracts/messages.ts';
import { Seal } from '../../src/contracts/seal.ts';
import type { AgentState } from '../../src/contracts/state.ts';
import { MAX_CLOCK_LAG_MS, MAX_SEEN_IDS, MAX_SPENT_SEALS } from '../../src/core/bounds.ts';
import { beginRun } from '../../src/core/begin.ts';
import { fitToCarry } from '../../src/core/carry.ts';
import { changesBy } from '../../src/core/changes.ts';
import { adminKeyIn } from '../../src/storage/admin-key.ts';
import { call, DAY_MS, HOUR_MS, START_AT, startedAgent, type TestAgent } from '../support/agent-builder.ts';

describe('a seal that is sent again by somebody who only reaches Temporal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-spent-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const trusted = [adminKeyIn(folder).publicKey];
  const seal = sealing(folder);
  const tools = { shout: [{ mode: 'approve' as const, approvers: { signedIn: true as const } }] };

  function agentOf(rules: { datesSeals?: true } = { datesSeals: true }): TestAgent {
    return startedAgent({ definition: { trusted, ...rules }, tools });
  }

  function nextRun(state: AgentState): AgentState {
    const { agentId, firstRunId, start } = state;
    const known = { agentId, firstRunId, at: START_AT, askedAt: START_AT, continues: true, occasion: {} };
    const carried = { state: fitToCarry(state) };
    const begun = beginRun(start, carried, { ...known, changes: changesBy(() => true) });
    return begun.ok ? begun.state : assert.fail(begun.rejection.message);
  }

  /** What an admin server sends when its clock says so. */
  function sealedAt(at: number, name: AgentMessageName, payload: object): JsonObject {
    const now = Date.now;
    Date.now = () => at;
    try {
      return JsonObject.parse(seal.message('a1', name, { ...payload }, { name: 'ann', role: 'operator' }));
    } finally {
      Date.now = now;
    }
  }

  const later = (agent: TestAgent, ms = HOUR_MS): TestAgent => Object.assign(agent, { now: agent.now + ms });
  const leave = { tool: 'shout', uses: 1, until: new Date(START_AT + 30 * DAY_MS).toISOString() };
  const isAsked = (agent: TestAgent): boolean =>
    agent.asks(call('shout', { what: 'hey' })).state.approvals.some(({ status }) => status === 'open');

  it('does not count with its signature written otherwise', () => {
    const agent = agentOf();
    const given = sealedAt(agent.now, 'grant', leave);
    assert.equal(agent.send('grant', given), undefined);
    assert.equal(isAsked(agent), false);
    const { signature, ...rest } = Seal.parse(given['seal']);
    const shouted = { ...given, seal: { ...rest, signature: signature.toUpperCase() } };
    const parsed = parseMessage('grant', shouted);
    assert.ok(!parsed.ok && /seal.signature: lower case/.test(parsed.reason));
    assert.equal(agent.send('grant', given), undefined);
    assert.equal(agent.state.standing.length, 1);
  });

  it('does not count for a later agent with the same id', () => {
    const given = sealedAt(START_AT - HOUR_MS, 'grant', leave);
    const agent = agentOf();
    const refused = agent.send('grant', given);
    assert.equal(refused?.type, 'Conflict');
    assert.match(refused.message, /the seal is of 2026-03-02T07:00:00.000Z, before the agent was started/);
    assert.match(agent.state.transitions.at(-1)?.cause ?? '', /^grant refused: the seal is of /);
    assert.equal(isAsked(agent), true);
  });

  it('counts for an agent that was asked for when no worker was there, and from a clock that lags a little', () => {
    const agent = agentOf();
    agent.state = { ...agent.state, askedAt: START_AT - HOUR_MS };
    assert.equal(
      agent.send('grant', sealedAt(START_AT - HOUR_MS - MAX_CLOCK_LAG_MS, 'grant', leave)),
      undefined,
    );
    assert.equal(isAsked(agent), false);
  });

  it('does not count after a reset, also for what is asked in the same words again', () => {
    const agent = agentOf();
    const before = agent.state;
    const ask = (): string => agent.asks(call('shout', { what: 'hey' })).approval.id;
    const id = ask();
    const decided = sealedAt(later(agent).now, 'decide', { approval: id, decision: 'approve', revision: 1 });
    assert.equal(agent.send('decide', decided), undefined);
    agent.state = before;
    later(agent, 1).happen({ type: 'reset' });
    assert.equal(later(agent, 1).send('decide', decided)?.type, 'Conflict');
    assert.equal(ask(), id);
    assert.match(agent.send('decide', decided)?.message ?? '', /before the agent was reset at /);
    const anew = sealedAt(agent.now, 'decide', { approval: id, decision: 'approve', revision: 1 });
    assert.equal(agent.send('decide', anew), undefined);
  });

  it('does not count for a question that is asked later', () => {
    const agent = agentOf();
    const reset = agent.state;
    const id = agent.asks(call('shout', { what: 'hey' })).approval.id;
    const decided = sealedAt(agent.now, 'decide', { approval: id, decision: 'approve' });
    agent.state = reset;
    later(agent).asks(call('shout', { what: 'hey' }));
    assert.match(agent.send('decide', decided)?.message ?? '', /before this was asked at /);
  });

  it('is told once more with the reset itself, where it is no leave', () => {
    const agent = agentOf();
    const said = sealedAt(agent.now, 'message', { text: 'Hello.' });
    later(agent).happen({ type: 'reset' });
    assert.equal(agent.send('message', said), undefined);
    assert.deepEqual(
      agent.state.inbox.map(({ by, signedInAs }) => [by, signedInAs]),
      [['ann', 'operator']],
    );
  });

  it('does not count again when much has been sent since', () => {
    const agent = agentOf();
    const given = sealedAt(later(agent).now, 'grant', leave);
    assert.equal(agent.send('grant', given), undefined);
    assert.equal(isAsked(agent), false);
    agent.state = { ...agent.state, seenIds: Array.from({ length: MAX_SEEN_IDS }, (_, n) => `${n}`) };
    assert.equal(agent.send('grant', given), undefined);
    assert.equal(agent.state.standing.length, 1);
    const spent = Array.from({ length: MAX_SPENT_SEALS - 2 }, (_, n) => ({ id: `${n}`, at: agent.now + n }));
    agent.state = { ...agent.state, seals: { spent: [...(agent.state.seals?.spent ?? []), ...spent] } };
    for (const name of ['pause', 'resume'] as const) {
      assert.equal(agent.send('grant', given), undefined);
      agent.send(name, sealedAt(agent.now + HOUR_MS, name, {}));
    }
    assert.match(agent.send('grant', given)?.message ?? '', /before the oldest of the 1000 seals/);
    assert.equal(agent.state.seals?.spent.length, MAX_SPENT_SEALS);
    assert.equal(agent.state.standing.length, 1);
  });

  it('counts as before for an agent whose worker knew no better, until its next run', () => {
    const agent = agentOf({});
    const given = sealedAt(START_AT - HOUR_MS, 'grant', leave);
    assert.equal(agent.send('grant', given), undefined);
    agent.state = nextRun(agent.state);
    const refused = agent.send('grant', sealedAt(START_AT - HOUR_MS, 'grant', { ...leave, uses: 2 }));
    assert.equal(refused?.type, 'Conflict');
    // What was remembered is remembered still.
    assert.equal(agent.send('grant', given), undefined);
    assert.equal(agent.state.standing.length, 1);
    assert.equal(nextRun(startedAgent().state).definition?.datesSeals, undefined);
  });
});
