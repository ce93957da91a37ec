import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AgentState } from '../../src/contracts/state.ts';
import { advance } from '../../src/core/advance.ts';
import { commandsOf } from '../../src/core/commands.ts';
import type { TestAgent } from '../support/agent-builder.ts';
import { anyLife, anyOptions, Life } from './any-life.ts';
import { assertInvariants } from './invariants.ts';

/** Enough to meet every status many times; more find nothing else, and take longer. */
const RUNS = 200;

/** What must hold from one state to the next, and over a whole life. */
class Watch {
  private before: AgentState | undefined;
  private readonly done = new Set<string>();
  private readonly closed = new Map<string, string>();
  private readonly keys = new Map<string, string>();
  private readonly actions = new Map<string, string>();

  see({ state }: TestAgent): void {
    const { before } = this;
    if (state === before) return;
    assertInvariants(state);
    if (before) {
      assert.ok(state.turn >= before.turn && state.checkpoint >= before.checkpoint);
      assert.ok(state.revision >= before.revision);
      if (state.status !== before.status)
        assert.ok(state.revision > before.revision, 'a change has a revision');
      assert.ok(state.usage.turns >= before.usage.turns);
      if (before.phase === 'ended') assert.deepEqual(state, before, 'what has ended stays as it was');
    }
    this.watchCalls(state);
    this.watchApprovals(state);
    this.before = state;
  }

  private watchCalls(state: AgentState): void {
    for (const command of commandsOf(state)) {
      const invocations =
        command.type === 'run-tool'
          ? [command.invocation]
          : 'invocations' in command
            ? command.invocations
            : [];
      for (const { turn, index, key, tool, args } of invocations) {
        assert.ok(!this.done.has(`${turn}/${index}`), 'a finished call is started again');
        const action = `${turn}/${index} ${tool} ${JSON.stringify(args)}`;
        assert.equal(this.keys.get(key) ?? action, action, 'a key stands for one action');
        assert.equal(this.actions.get(action) ?? key, key, 'an action has one key');
        this.actions.set(action, key);
        this.keys.set(key, action);
      }
    }
    for (const { index, status } of state.calls)
      if (status === 'done') this.done.add(`${state.turn}/${index}`);
  }

  private watchApprovals(state: AgentState): void {
    for (const approval of state.approvals) {
      const closed = this.closed.get(approval.id);
      if (closed !== undefined)
        assert.equal(JSON.stringify(approval), closed, 'a closed approval never changes');
      else if (approval.status !== 'open') this.closed.set(approval.id, JSON.stringify(approval));
      assert.ok(approval.decisions.length <= approval.required);
    }
  }
}

describe('any life of an agent', function () {
  // Seconds at most, but of a machine that may be busy.
  this.timeout(60_000);

  it('keeps the invariants at every step', () => {
    fc.assert(
      fc.property(anyOptions, anyLife, (options, life) => {
        const watch = new Watch();
        new Life(options, (agent) => {
          watch.see(agent);
        }).play(life);
      }),
      { numRuns: RUNS },
    );
  });

  it('is told again by its events, also from any state that went through JSON', () => {
    fc.assert(
      fc.property(anyOptions, anyLife, fc.nat(), (options, life, when) => {
        const { agent } = new Life(options, () => undefined).play(life);
        const initial = new Life(options, () => undefined).agent.state;
        const cut = when % (agent.events.length + 1);
        const middle = agent.events.slice(0, cut).reduce(advance, initial);
        const carried = JSON.parse(JSON.stringify(middle)) as AgentState;
        assert.deepEqual(agent.events.reduce(advance, initial), agent.state);
        const continued = agent.events.slice(cut).reduce(advance, carried);
        assert.deepEqual(continued, agent.state);
        assert.equal(continued.contextHash, agent.state.contextHash);
      }),
      { numRuns: 60 },
    );
  });

  it('does not change a state that it was given', () => {
    fc.assert(
      fc.property(anyOptions, anyLife, (options, life) => {
        const { agent } = new Life(options, () => undefined).play(life);
        let state = new Life(options, () => undefined).agent.state;
        for (const event of agent.events) {
          const before = JSON.stringify(state);
          const after = advance(state, event);
          assert.equal(JSON.stringify(state), before);
          state = after;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gets everywhere: the properties above are about all statuses and interruptions', () => {
    const seen = new Set<string>();
    const lives = fc.sample(fc.tuple(anyOptions, anyLife), { numRuns: 250, seed: 7 });
    for (const [options, life] of lives) {
      new Life(options, ({ state }) => {
        seen.add(state.status);
        if (state.suspension) seen.add(state.suspension.kind);
        for (const { subject, status } of state.approvals) seen.add(`${subject} ${status}`);
        if (state.compactedTurn > 0) seen.add('compacted');
        if (state.outcome?.status === 'failed') seen.add(state.outcome.failure.type);
      }).play(life);
    }
    const expected = [
      ...['starting', 'thinking', 'acting', 'waiting', 'paused', 'completed', 'failed', 'cancelled'],
      ...['rate_limit', 'model_outage', 'budget', 'idle', 'compacted', 'ApprovalExpired', 'BudgetExceeded'],
      ...[
        'tool decided',
        'tool expired',
        'suggestion decided',
        'question decided',
        'unknown_outcome decided',
      ],
    ];
    assert.deepEqual(
      expected.filter((name) => !seen.has(name)),
      [],
    );
  });
});
