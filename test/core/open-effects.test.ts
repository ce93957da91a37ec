import assert from 'node:assert/strict';
import type { NewEvent } from '../../src/contracts/event.ts';
import { call, startedAgent, type TestAgent } from '../support/agent-builder.ts';

/** The tool of each effect class. */
const tools = { pure: 'look', idempotent: 'store', reconcilable: 'order', once: 'shout' } as const;

function running(effect: keyof typeof tools): TestAgent {
  const options = {
    definition: { checkpoints: 'each' as const },
    tools: { shout: [{ mode: 'auto' as const }] },
  };
  return startedAgent(options).asks(call(tools[effect], { what: 'a' }));
}

describe('the end of an agent with an effect that nobody knows of', () => {
  const key = (agent: TestAgent): string => agent.state.calls[0]?.key ?? '';
  const endsWith = (agent: TestAgent, event: NewEvent): string => {
    agent.happen(event);
    const { outcome } = agent.state;
    return outcome?.status === 'cancelled' ? outcome.reason : JSON.stringify(outcome);
  };

  for (const effect of ['idempotent', 'reconcilable', 'once'] as const) {
    it(`names a ${effect} call in flight, or lost while it is stopped`, () => {
      const agent = running(effect);
      const named = `not known to be done or not: ${agent.state.calls[0]?.name} (${key(agent)})`;
      assert.equal(endsWith(agent, { type: 'cancelled', reason: 'enough' }), `enough; ${named}`);
      const stopped = running(effect);
      stopped.send('stop', { by: 'ann' });
      stopped.loses(0);
      const told = `stopped by ann; not known to be done or not: ${stopped.state.calls[0]?.name} (${key(stopped)})`;
      assert.equal(endsWith(stopped, { type: 'drained' }), told);
    });
  }

  it('names a call that waits to be asked about, or to be tried again', () => {
    const unavailable = { type: 'ToolUnavailable', message: 'away' };
    const asked = running('reconcilable').loses(0);
    asked.happen({ type: 'reconciliation-lost', index: 0, problem: unavailable });
    const again = running('idempotent');
    again.happen({ type: 'tool-lost', index: 0, problem: unavailable });
    for (const agent of [asked, again]) {
      assert.equal(agent.state.calls[0]?.status, 'waiting');
      const named = `${agent.state.calls[0].name} (${key(agent)})`;
      assert.equal(
        endsWith(agent, { type: 'cancelled', reason: 'enough' }),
        `enough; not known to be done or not: ${named}`,
      );
    }
    const untouched = running('once');
    untouched.happen({ type: 'tool-lost', index: 0, problem: { type: 'ToolRateLimited', message: 'later' } });
    assert.equal(endsWith(untouched, { type: 'cancelled', reason: 'enough' }), 'enough');
  });

  it('says nothing of calls that only read', () => {
    assert.equal(endsWith(running('pure'), { type: 'cancelled', reason: 'enough' }), 'enough');
  });
});
