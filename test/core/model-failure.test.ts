import assert from 'node:assert/strict';
import { wakesOf } from '../../src/core/clock.ts';
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
    const agent = startedAgent({ start: { model: 'only' } });
    const pauses = Array.from({ length: 10 }, () => sitOut(agent.modelFails('ModelRateLimited')));
    assert.deepEqual(pauses.slice(0, 4), [15_000, 30_000, 60_000, 120_000]);
    assert.equal(pauses.at(-1), 3_600_000);
    agent.asks(call('note', { text: 'n' }));
    assert.equal(sitOut(agent.modelFails('ModelRateLimited')), 15_000);
  });

  it('can not ask for a pause without end, nor for one in the past', () => {
    for (const retryAfterMs of [Number.MAX_SAFE_INTEGER, 1e300, Infinity]) {
      const agent = startedAgent({ start: { model: 'only' } }).modelFails('ModelRateLimited', retryAfterMs);
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

  it('with a limit of minutes gives way to a fallback; the agent waits for the first that is free again', () => {
    const agent = startedAgent({ definition: { models: ['a', 'b', 'c'] } });
    agent.modelFails('ModelRateLimited', 60_001);
    assert.equal(asked(agent)?.model, 'b');
    agent.wait(1_000).modelFails('ModelRateLimited', 3_600_000);
    assert.equal(asked(agent)?.model, 'c');
    agent.modelFails('ModelRateLimited', 7_200_000);
    assert.equal(agent.state.suspension?.kind, 'rate_limit');
    assert.equal(sitOut(agent), 59_001);
    assert.equal(asked(agent)?.model, 'a');
    assert.equal(sitOut(agent.modelFails('ModelRateLimited', 20_000)), 20_000);
  });

  it('with a limit of a minute keeps its place: the fallback is not asked', () => {
    const agent = startedAgent({ definition: { models: ['a', 'b'] } });
    assert.equal(sitOut(agent.modelFails('ModelRateLimited', 60_000)), 60_000);
    assert.equal(asked(agent)?.model, 'a');
  });

  it('whose fallback is down too is asked when its limit is over', () => {
    const agent = startedAgent({ definition: { models: ['a', 'b'] } });
    agent.modelFails('ModelRateLimited', 70_000).modelFails('ModelUnavailable', 600_000);
    assert.equal(agent.state.suspension?.kind, 'model_outage');
    assert.equal(sitOut(agent), 70_000);
  });

  it('was waited for in histories that do not say that others may answer', () => {
    const problem = { type: 'ModelRateLimited', message: 'slow', retryAfterMs: 3_600_000 };
    const agent = startedAgent().happen({ type: 'model-failed', problem });
    assert.equal(sitOut(agent), 3_600_000);
  });

  it('is insisted on once when a person says resume, whatever the worker thinks of it', () => {
    const insists = (agent: TestAgent): boolean | undefined => {
      const [command] = commandsOf(agent.state);
      return command?.type === 'call-model' ? command.request.insist : assert.fail();
    };
    const agent = startedAgent({ definition: { models: ['a', 'b'] } });
    assert.equal(insists(agent), undefined);
    agent.modelFails('ModelUnavailable').modelFails('ModelUnavailable');
    agent.send('resume', { by: 'ann' });
    assert.equal(insists(agent), true);
    assert.equal(insists(agent.modelFails('ModelUnavailable')), undefined);
    sitOut(agent.modelFails('ModelUnavailable'));
    assert.equal(insists(agent), undefined, 'time alone insists on nothing');
    sitOut(agent.modelFails('ModelRateLimited', 1_000));
    agent.modelFails('ModelRateLimited', 1_000).send('resume', { by: 'ann' });
    assert.equal(insists(agent.asks(call('note', { text: 'n' }))), undefined);
  });
});

describe('the timer of an agent that waits for a model', () => {
  function rings(agent: TestAgent): number {
    const [wake] = wakesOf(agent.state);
    return (wake ?? assert.fail('there is no timer')).at - agent.now;
  }
  const waiting = (id: string, type: string, retryAfterMs?: number): TestAgent =>
    startedAgent({ id, start: { model: 'only' } }).modelFails(type, retryAfterMs);

  it('is spread over the agents, the same each time for each of them', () => {
    for (const [type, pause, spread] of [
      ['ModelRateLimited', 10_000, 5_000],
      ['ModelUnavailable', 60_000, 30_000],
      ['ModelRateLimited', DAY_MS, 300_000],
    ] as const) {
      const names = Array.from({ length: 500 }, (_, index) => `agent-${index}`);
      const moments = names.map((name) => rings(waiting(name, type, pause)));
      assert.deepEqual(
        moments,
        names.map((name) => rings(waiting(name, type, pause))),
      );
      assert.ok(moments.every((moment) => moment >= pause && moment < pause + spread));
      const tenths = Array.from(
        { length: 10 },
        (_, tenth) =>
          moments.filter((moment) => Math.floor(((moment - pause) / spread) * 10) === tenth).length,
      );
      assert.ok(Math.max(...tenths) < 100, `${tenths.join()} of 500 in each tenth`);
    }
  });

  it('is what the status document says', () => {
    const agent = waiting('a', 'ModelUnavailable', 60_000);
    const [interruption] = statusDocument(agent.state).interruptions;
    assert.equal(Date.parse(interruption?.deadline ?? '') - agent.now, rings(agent));
  });

  it('does not ring at once, nor ever at the same pace, for a server that says "at once" each time', () => {
    const agent = startedAgent({ start: { model: 'only' } });
    const pauses = Array.from({ length: 10 }, () => {
      const pause = rings(agent.modelFails('ModelRateLimited', 0));
      agent.wait(pause);
      return pause;
    });
    assert.ok((pauses[0] ?? 0) >= 1_000);
    assert.ok((pauses.at(-1) ?? 0) >= 60_000 && (pauses.at(-1) ?? 0) <= 90_000);
  });

  it('rings ever later in an outage, however soon the worker wants to look again', () => {
    const agent = startedAgent({ start: { model: 'only' } });
    const pauses = Array.from({ length: 8 }, () => {
      const pause = rings(agent.modelFails('ModelUnavailable', 15_000));
      agent.wait(pause);
      return pause;
    });
    assert.ok((pauses[0] ?? 0) >= 30_000 && (pauses[0] ?? 0) <= 45_000);
    assert.ok((pauses.at(-1) ?? 0) >= 900_000);
  });
});
