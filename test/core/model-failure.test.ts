import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { call, DAY_MS, startedAgent, type TestAgent } from '../support/agent-builder.ts';

function asked(agent: TestAgent): { id: string; model: string } | undefined {
  const [command] = commandsOf(agent.state);
  return command?.type === 'call-model' ? { id: command.id, model: command.request.model } : undefined;
}

/** How long the agent waits now; it then waits that long. */
function sitOut(agent: TestAgent): number {
  const { suspension } = agent.state;
  assert.ok(suspension && suspension.kind !== 'idle', 'the agent waits');
  const pause = suspension.until - agent.now;
  agent.wait(pause);
  return pause;
}

describe('a model that fails', () => {
  it('is asked again after a rate limit when the server said so', () => {
    const agent = startedAgent().modelFails('ModelRateLimited', 42_000);
    assert.equal(agent.state.suspension?.kind, 'rate_limit');
    assert.equal(asked(agent), undefined);
    agent.wait(41_999);
    assert.equal(asked(agent), undefined);
    agent.wait(1);
    assert.deepEqual(asked(agent), { id: 'model:1:2', model: 'first' });
  });

  it('is left alone ever longer when the server named no time', () => {
    const agent = startedAgent();
    const pauses = Array.from({ length: 10 }, () => sitOut(agent.modelFails('ModelRateLimited')));
    assert.deepEqual(pauses.slice(0, 4), [15_000, 30_000, 60_000, 120_000]);
    assert.equal(pauses.at(-1), 3_600_000);
    agent.asks(call('note', { text: 'n' }));
    assert.equal(sitOut(agent.modelFails('ModelRateLimited')), 15_000);
  });

  it('can not ask for a pause without end, nor for one in the past', () => {
    for (const retryAfterMs of [Number.MAX_SAFE_INTEGER, 1e300, Infinity]) {
      const agent = startedAgent().modelFails('ModelRateLimited', retryAfterMs);
      assert.doesNotThrow(() => statusDocument(agent.state));
      assert.equal(sitOut(agent), DAY_MS);
    }
    assert.equal(sitOut(startedAgent().modelFails('ModelRateLimited', -5_000)), 0);
  });

  it('gives way to the fallbacks in their order', () => {
    const agent = startedAgent({ definition: { models: ['a', 'b', 'c'] } });
    const models = [asked(agent)?.model];
    for (const type of ['ModelUnavailable', 'ModelAuthentication'])
      models.push(asked(agent.modelFails(type))?.model);
    assert.deepEqual(models, ['a', 'b', 'c']);
    assert.equal(agent.state.status, 'thinking');
    agent.asks(call('note', { text: 'n' }));
    assert.equal(asked(agent)?.model, 'a', 'the next turn begins with the first again');
  });

  it('is the only one when the agent was started with a model', () => {
    const agent = startedAgent({ start: { model: 'mine' } });
    assert.equal(asked(agent)?.model, 'mine');
    assert.equal(agent.modelFails('ModelUnavailable').state.suspension?.kind, 'model_outage');
  });

  it('counts as an outage when all fail; the pause grows up to a bound', () => {
    const agent = startedAgent({ definition: { models: ['a', 'b'] } });
    const pauses = Array.from({ length: 40 }, () => {
      agent.modelFails('ModelUnavailable').modelFails('ModelNotFound');
      return sitOut(agent);
    });
    assert.deepEqual(pauses.slice(0, 6), [30_000, 60_000, 120_000, 240_000, 480_000, 900_000]);
    assert.equal(pauses.at(-1), 900_000);
    assert.equal(asked(agent)?.model, 'a');
  });

  it('never uses the id of an attempt twice', () => {
    const agent = startedAgent();
    const ids = Array.from({ length: 12 }, (_, n) => {
      const { id } = asked(agent) ?? assert.fail();
      agent.modelFails(n % 3 === 0 ? 'ModelRateLimited' : 'ModelUnavailable');
      if (agent.state.suspension) sitOut(agent);
      return id;
    });
    assert.equal(new Set(ids).size, ids.length);
  });

  it('with a page of text keeps a short reason', () => {
    const problem = { type: 'ModelUnavailable', message: '<html>'.repeat(10_000) };
    const agent = startedAgent({ definition: { models: ['a'] } }).happen({ type: 'model-failed', problem });
    assert.ok(JSON.stringify(agent.state.suspension).length < 2_000);
  });

  it('because the context is too long gets a shorter one, once a turn', () => {
    const agent = startedAgent();
    for (let turn = 0; turn < 20; turn += 1) agent.asks(call('note', { text: 'x'.repeat(500) }));
    const { contextSize, contextHash, turn } = agent.state;
    agent.modelFails('ContextTooLong');
    assert.ok(agent.state.contextSize < contextSize);
    assert.notEqual(agent.state.contextHash, contextHash);
    assert.deepEqual(asked(agent), { id: `model:${turn}:2`, model: 'first' });
    agent.modelFails('ContextTooLong');
    assert.equal(asked(agent)?.model, 'second');
    agent.modelFails('ContextTooLong');
    assert.equal(agent.state.suspension?.kind, 'model_outage');
  });
});
