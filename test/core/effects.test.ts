import assert from 'node:assert/strict';
import { MAX_RECONCILED_ROUNDS, MAX_TOOL_WAITS } from '../../src/core/bounds.ts';
import { wakesOf } from '../../src/core/clock.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { call, factsFor, HOUR_MS, startedAgent, type TestAgent } from '../support/agent-builder.ts';

/** The tool of each effect class, with a policy that lets it through and steps of its own. */
const tools = { pure: 'look', idempotent: 'store', reconcilable: 'order', once: 'shout' } as const;
type Class = keyof typeof tools;

function running(effect: Class): TestAgent {
  const options = {
    definition: { checkpoints: 'each' as const },
    tools: { shout: [{ mode: 'auto' as const }] },
  };
  return startedAgent(options).asks(call(tools[effect], { what: 'a' }));
}

/** What the state asks for, or waits for, or what the model was told. */
function next(agent: TestAgent): string {
  const [command] = commandsOf(agent.state);
  if (agent.state.phase === 'thinking') return `told ${agent.lastResults(1)[0] ?? ''}`;
  return command?.type ?? interruptionsOf(agent.state)[0]?.kind ?? 'nothing';
}

function step(agent: TestAgent) {
  const [command] = commandsOf(agent.state);
  assert.ok(command?.type === 'run-tool' || command?.type === 'reconcile-tool');
  return command;
}

describe('a step that failed for good', () => {
  const table: Record<Class, Record<string, string>> = {
    pure: {
      ToolTimeout: 'told ToolTimeout',
      ToolBroken: 'told ToolBroken',
      LeaseLost: 'told LeaseLost',
      ToolUnavailable: 'tool_outage',
      ToolRateLimited: 'rate_limit',
    },
    idempotent: {
      ToolTimeout: 'unknown_outcome',
      ToolBroken: 'unknown_outcome',
      LeaseLost: 'unknown_outcome',
      ToolUnavailable: 'tool_outage',
      ToolRateLimited: 'rate_limit',
    },
    reconcilable: {
      ToolTimeout: 'reconcile-tool',
      ToolBroken: 'reconcile-tool',
      LeaseLost: 'reconcile-tool',
      ToolUnavailable: 'tool_outage',
      ToolRateLimited: 'rate_limit',
    },
    once: {
      ToolTimeout: 'unknown_outcome',
      ToolBroken: 'unknown_outcome',
      LeaseLost: 'unknown_outcome',
      // Nothing was done, but a tool that may run once is not run again without anybody's word.
      ToolUnavailable: 'told ToolUnavailable',
      ToolRateLimited: 'rate_limit',
    },
  };
  for (const effect of ['pure', 'idempotent', 'reconcilable', 'once'] as const) {
    for (const [type, then] of Object.entries(table[effect])) {
      it(`of a ${effect} tool with ${type}: ${then}`, () => {
        assert.equal(next(running(effect).loses(0, type)), then);
      });
    }
    it(`of a ${effect} tool is ${['pure', 'idempotent'].includes(effect) ? '' : 'never '}tried again by Temporal`, () => {
      const command = step(running(effect));
      assert.ok(command.type === 'run-tool');
      assert.equal(command.retryable, ['pure', 'idempotent'].includes(effect));
    });
  }

  it('in an old history asks a person at once, or tells the model', () => {
    const lost = (effect: Class, type: string) =>
      next(
        running(effect).happen({
          ...{ type: 'tool-lost', index: 0, problem: { type, message: 'gone' }, asksAtOnce: true },
        }),
      );
    assert.equal(lost('reconcilable', 'ToolTimeout'), 'unknown_outcome');
    assert.equal(lost('idempotent', 'ToolUnavailable'), 'unknown_outcome');
    assert.equal(lost('pure', 'ToolUnavailable'), 'told ToolUnavailable');
  });

  it('of a tool whose manifest is older than reconcile asks a person', () => {
    const agent = startedAgent()
      .asks(call('book', { what: 'a' }))
      .loses(0);
    assert.equal(next(agent), 'unknown_outcome');
  });
});

describe('reconcile', () => {
  const lost = () => running('reconcilable').loses(0);

  it('ends the call with the result that the tool found', () => {
    const agent = lost().finds(0, { type: 'done', result: { number: 'N-1' } });
    assert.deepEqual(agent.results.at(-1), { ok: true, result: { number: 'N-1' } });
  });

  it('runs the call again under the same key when it was not done', () => {
    const agent = running('reconcilable');
    const { key } = step(agent).invocation;
    agent.loses(0);
    assert.equal(step(agent).invocation.key, key);
    agent.finds(0, { type: 'not-done' });
    const again = step(agent);
    assert.deepEqual([again.type, again.invocation.key], ['run-tool', key]);
    assert.deepEqual(agent.succeeds(0).lastResults(1), ['ok']);
  });

  it('runs it again a bounded number of times, then a person is asked and told why', () => {
    const agent = running('reconcilable');
    for (let round = 0; round < MAX_RECONCILED_ROUNDS; round += 1) {
      agent.loses(0).finds(0, { type: 'not-done' });
      assert.equal(next(agent), 'run-tool');
    }
    agent.loses(0);
    assert.equal(next(agent), 'unknown_outcome');
    assert.match(agent.approval.rule ?? '', /lost again after it was run again 3 times: ToolTimeout/);
  });

  it('asks a person when the tool does not know, or can not be asked', () => {
    const unknown = lost().finds(0, { type: 'not-known', reason: 'the order book is empty today' });
    assert.match(unknown.approval.rule ?? '', /ToolTimeout: gone; .*the order book is empty today/);
    const broken = lost().doesNotFind(0);
    assert.match(broken.approval.rule ?? '', /ToolTimeout: gone; .*ToolBroken: no answer/);
    assert.equal(next(broken), 'unknown_outcome');
  });

  it('waits for a tool that can not answer now, and asks it again', () => {
    for (const type of ['ToolUnavailable', 'ToolRateLimited']) {
      const agent = lost().doesNotFind(0, type);
      assert.equal(next(agent), type === 'ToolUnavailable' ? 'tool_outage' : 'rate_limit');
      agent.wait(HOUR_MS);
      assert.equal(next(agent), 'reconcile-tool');
      agent.doesNotFind(0);
      assert.match(agent.approval.rule ?? '', /ToolTimeout: gone/);
    }
  });

  it('takes no answer for a call that is not asked about', () => {
    const agent = running('reconcilable');
    const before = agent.state;
    agent.finds(0, { type: 'done', result: 1 }).doesNotFind(0);
    assert.deepEqual(agent.state, before);
  });

  it('does not count as facts that keep changing', () => {
    const agent = running('reconcilable');
    for (let round = 0; round < 3; round += 1) agent.loses(0).finds(0, { type: 'not-done' });
    for (let pause = 0; pause < 8; pause += 1) agent.loses(0, 'ToolRateLimited').wait(24 * HOUR_MS);
    agent.factsChange(0, { other: true });
    assert.equal(next(agent), 'run-tool');
  });
});

describe('a tool that can not work now', () => {
  it('is waited for as long as it asks, with a timer, and runs again under the same key', () => {
    const agent = running('once');
    const { key } = step(agent).invocation;
    agent.loses(0, 'ToolRateLimited', 'ten a minute', 60_000);
    const [interruption] = interruptionsOf(agent.state);
    assert.equal(interruption?.kind, 'rate_limit');
    assert.equal(interruption.summary, 'shout: ten a minute');
    assert.deepEqual(
      wakesOf(agent.state).map(({ at }) => at),
      [agent.now + 60_000],
    );
    assert.deepEqual(commandsOf(agent.state), []);
    agent.wait(59_999);
    assert.deepEqual(commandsOf(agent.state), []);
    agent.wait(1);
    assert.equal(step(agent).invocation.key, key);
  });

  it('is tried at once after resume', () => {
    const agent = running('idempotent').loses(0, 'ToolUnavailable', 'the ledger is locked');
    assert.match(interruptionsOf(agent.state)[0]?.summary ?? '', /the ledger is locked/);
    agent.send('resume', { by: 'ann' });
    assert.equal(next(agent), 'run-tool');
  });

  it('does not hold up the other calls of the turn', () => {
    const agent = startedAgent().asks(call('store', { what: 'a' }), call('store', { what: 'b' }));
    agent.loses(0, 'ToolRateLimited', 'slow down', 60_000);
    assert.equal(agent.state.status, 'acting');
    agent.succeeds(1);
    assert.equal(agent.state.status, 'waiting');
    agent.wait(60_000).succeeds(0);
    assert.deepEqual(agent.lastResults(2), ['ok', 'ok']);
  });

  const givenUp: Record<Class, string> = {
    ...{ pure: 'told ToolRateLimited', once: 'told ToolRateLimited', reconcilable: 'told ToolRateLimited' },
    // One of its attempts may have done something before it was told to wait.
    idempotent: 'unknown_outcome',
  };
  for (const effect of ['pure', 'idempotent', 'reconcilable', 'once'] as const) {
    it(`is given up after ${MAX_TOOL_WAITS} pauses; ${effect}: ${givenUp[effect]}`, () => {
      const agent = running(effect);
      for (let pause = 0; pause < MAX_TOOL_WAITS; pause += 1) {
        agent.loses(0, 'ToolRateLimited', 'busy', 0);
        assert.equal(next(agent), 'rate_limit');
        agent.wait(1_000);
        assert.equal(next(agent), 'run-tool', 'no pause is shorter than a second, and this one is over');
      }
      agent.loses(0, 'ToolRateLimited', 'busy', 0);
      assert.equal(next(agent), givenUp[effect]);
    });
  }

  it('waits longer each time, but at most a quarter of an hour', () => {
    const agent = running('idempotent');
    const pauses = Array.from({ length: 8 }, () => {
      agent.loses(0, 'ToolUnavailable');
      const [wake] = wakesOf(agent.state);
      const pause = (wake?.at ?? 0) - agent.now;
      agent.wait(pause);
      return pause / 1_000;
    });
    assert.deepEqual(pauses, [30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it('does not let policy decide without facts', () => {
    const agent = startedAgent().asks(call('pay', { invoice: 'i1' }), call('pay', { invoice: 'i2' }));
    agent.assessmentLost([0, 1]);
    // Each on its own, so that the one that can be assessed need not wait for the other.
    assert.deepEqual(
      commandsOf(agent.state).map((command) => 'invocations' in command && command.invocations.length),
      [1, 1],
    );
    agent.assessed(0, factsFor.auto).assessmentLost([1]);
    assert.deepEqual(
      interruptionsOf(agent.state).map(({ kind }) => kind),
      ['tool_outage'],
    );
    agent.succeeds(0).wait(30_000);
    assert.equal(next(agent), 'assess-calls');
    agent.assessed(1, factsFor.approve);
    assert.equal(next(agent), 'approval');
  });

  it('may limit how often it is asked for facts', () => {
    const agent = startedAgent().asks(call('pay', { invoice: 'i1' }));
    const limited = { type: 'rate-limited' as const, index: 0, message: 'later', retryAfterMs: 5_000 };
    agent.happen({ type: 'calls-assessed', assessments: [limited] });
    assert.equal(next(agent), 'rate_limit');
    agent.wait(5_000).assessed(0, factsFor.auto);
    assert.equal(next(agent), 'run-tool');
  });

  it('leaves policy to decide without facts when none ever come', () => {
    const agent = startedAgent().asks(call('pay', { invoice: 'i1' }));
    for (let pause = 0; pause < MAX_TOOL_WAITS; pause += 1) agent.assessmentLost([0]).wait(HOUR_MS);
    assert.deepEqual(agent.assessmentLost([0]).lastResults(1), ['Forbidden']);
    const broken = startedAgent().asks(call('pay', { invoice: 'i1' }));
    assert.deepEqual(broken.assessmentLost([0], 'ToolBroken').lastResults(1), ['Forbidden']);
  });
});

describe('the question about an unknown outcome', () => {
  it('says what to look for, however long the arguments are', () => {
    const agent = startedAgent({ tools: { shout: [{ mode: 'auto' }] } });
    agent.asks(call('shout', { what: 'x'.repeat(5_000) })).loses(0);
    const { summary } = agent.approval;
    assert.match(summary, /shout .*ToolTimeout: gone/);
    assert.ok(summary.includes(agent.call(0).key));
    assert.ok(!summary.includes('safe'));
    const safe = startedAgent()
      .asks(call('store', { what: 'a' }))
      .loses(0);
    assert.match(safe.approval.summary, /safe/);
  });

  it('takes JSON that fits the result for the result, and other words for a report', () => {
    const answered = (message: string) => {
      const agent = running('reconcilable').loses(0).finds(0, { type: 'not-known', reason: '' });
      agent.decide('respond', { message });
      return agent.results.at(-1);
    };
    assert.deepEqual(answered('{"number":"N-7"}'), { ok: true, result: { number: 'N-7' }, doneBy: 'ann' });
    for (const message of ['it is N-7', '{"number":7}', '{"number":"N-7"', '"N-7"', '7']) {
      assert.deepEqual(answered(message), { ok: true, result: { doneBy: 'ann', report: message } });
    }
  });
});
