import assert from 'node:assert/strict';
import { sorted } from '../../src/client/cli/memory-prune.ts';
import { runsOfEnded } from '../../src/client/ended-runs.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';
import type { Pulse } from '../../src/client/pulse.ts';
import type { StoredRun } from '../../src/storage/archive.ts';

/** What the server, or the archive in its place, says of agents. */
const pulses: Readonly<Record<string, Omit<Pulse, 'mark'>>> = {
  reset: { open: true, firstRunId: 'first-reset' },
  ended: { open: false, firstRunId: 'first-ended', closedAt: new Date(0) },
  'id-used-again': { open: true, firstRunId: 'another' },
  'gone-on': { open: false, firstRunId: 'first-gone-on' },
};

const gateway = {
  pulse(agent: string): Promise<Pulse> {
    const known = pulses[agent];
    if (known) return Promise.resolve({ ...known, mark: '' });
    return Promise.reject(new GatewayError('NotFound', 'there is none'));
  },
};

function archived(agent: string): StoredRun {
  return {
    run: {
      ...{ namespace: 'default', agent, runId: `run-${agent}`, firstRunId: `first-${agent}`, events: 9 },
      ...{ status: 'terminated', startedAt: '', closedAt: '' },
    },
    ...{ bytes: 1, storedBytes: 1, sha256: '' },
  };
}

describe('pruning', () => {
  it('leaves the archived runs of an agent that lives on', async () => {
    const runs = ['reset', 'ended', 'unknown', 'id-used-again', 'gone-on'].map(archived);
    const found = await runsOfEnded(gateway, runs);
    assert.deepEqual(
      found.map(({ run }) => run.agent),
      ['ended', 'unknown', 'id-used-again', 'gone-on'],
    );
  });

  it('leaves everything when nobody can say which agents live on', async () => {
    const silent = { pulse: () => Promise.reject(new GatewayError('Unreachable', 'nobody')) };
    await assert.rejects(runsOfEnded(silent, [archived('ended')]), { type: 'Unreachable' });
  });

  it('takes an agent for unknown of which only a run is known after which it went on', async () => {
    const owners = ['ended', 'gone-on', 'reset', 'unknown'].map((agent) => ({
      ...{ agent, firstRun: `first-${agent}`, memories: 1 },
    }));
    const { ended, unknown } = await sorted(gateway, owners, Date.now());
    assert.deepEqual(
      [ended, unknown].map((them) => them.map(({ agent }) => agent)),
      [['ended'], ['gone-on', 'unknown']],
    );
  });
});
