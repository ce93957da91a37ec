import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { DAY_MS, HOUR_MS, TestAgent } from '../support/agent-builder.ts';
import { assertInvariants } from './invariants.ts';

const problem = { type: 'DefinitionInvalid', message: 'clerk.md:3 model: missing', retryAfterMs: 0 };
const broken = { type: 'definition-failed', problem } as const;

/** Started on a definition with a mistake, and told so. */
function parked(): TestAgent {
  return new TestAgent().happen(broken);
}

describe('a definition with mistakes', () => {
  it('parks the agent, which says why and what ends the wait', () => {
    const { state } = parked();
    assert.equal(state.status, 'waiting');
    assert.deepEqual(commandsOf(state), []);
    const [interruption] = interruptionsOf(state);
    assert.equal(interruption?.kind, 'definition');
    assert.match(interruption.summary, /clerk\.md:3 model/);
    assert.deepEqual(interruption.resumeBy, ['time', 'resume', 'stop']);
    assertInvariants(state);
  });

  it('is read again when somebody says so, and the agent begins when it is mended', () => {
    const agent = parked();
    agent.send('message', { text: 'Hurry.', by: 'ann' });
    agent.send('resume', { by: 'ann' });
    assert.deepEqual(
      commandsOf(agent.state).map(({ type }) => type),
      ['load-definition'],
    );
    agent.load();
    assert.equal(agent.state.status, 'thinking');
    assert.match(JSON.stringify(agent.state.context), /Hurry/);
  });

  it('is read again by itself, ever less often', () => {
    const agent = parked();
    const ids = new Set<string>();
    let reads = 0;
    for (let hour = 0; hour < 24; hour += 1) {
      for (const { id } of commandsOf(agent.wait(HOUR_MS).state)) {
        ids.add(id);
        reads += 1;
        agent.happen(broken);
      }
      assertInvariants(agent.state);
    }
    assert.equal(ids.size, reads);
    assert.ok(reads >= 24);
    const [interruption] = interruptionsOf(agent.state);
    assert.ok(Date.parse(interruption?.deadline ?? '') <= agent.now + 900_000);
  });

  it('ends the agent after a week, and one that is not there at once', () => {
    const agent = parked()
      .wait(8 * DAY_MS)
      .happen(broken);
    assert.deepEqual(
      agent.state.outcome?.status === 'failed' && agent.state.outcome.failure.type,
      'DefinitionInvalid',
    );
    const lost = new TestAgent().happen({
      type: 'definition-failed',
      problem: { type: 'NotFound', message: 'no clerk.md' },
    });
    assert.equal(lost.state.status, 'failed');
  });

  it('can be stopped', () => {
    const agent = parked();
    agent.send('stop', { by: 'ann' });
    agent.happen({ type: 'drained' });
    assert.equal(agent.state.status, 'cancelled');
  });
});
