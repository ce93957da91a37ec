import assert from 'node:assert/strict';
import picocolors from 'picocolors';
import { GatewayError } from '../../src/client/gateway-error.ts';
import { decideAlone } from '../../temporal/demo-decisions.ts';
import { watchAndDecide, type Watching } from '../../temporal/demo-watch.ts';
import { statusSample } from '../client/samples.ts';

const status = statusSample({ interruptions: [] });
const timeline = { agent: 'a1', firstTurn: 0, lastTurn: 2, items: [], runs: [] };
const live = {
  ...{ agent: 'a1', runId: 'r', mark: 'r/7', open: true, execution: 'running', taskQueue: 'perdure' },
  ...{ startedAt: '2026-03-02T12:00:00.000Z', workflowTaskAttempt: 0, activities: [] },
};
const looks = 3;

describe('a demo whose decision is refused', () => {
  /** How often the agent was looked at and a decision was sent, when one look after the next had time for a few. */
  async function watched(refusal: GatewayError): Promise<{ looked: number; sent: number }> {
    const counted = { looked: 0, sent: 0 };
    const leave = new AbortController();
    const gateway: Watching['gateway'] = {
      live: () => {
        counted.looked += 1;
        return Promise.resolve(live);
      },
      past: () => Promise.resolve({ timeline, status }),
      status: () => Promise.resolve(status),
      send: () => {
        counted.sent += 1;
        if (counted.sent > looks) leave.abort();
        return Promise.reject(refusal);
      },
    };
    const timer = setTimeout(
      () => {
        leave.abort();
      },
      (looks - 0.5) * 300,
    );
    const hasEnded = await watchAndDecide({
      ...{ gateway, agent: 'a1', by: 'demo', decide: decideAlone, colors: picocolors.createColors(false) },
      ...{ onApproval: () => undefined, check: () => undefined, signal: leave.signal },
    });
    clearTimeout(timer);
    assert.equal(hasEnded, false);
    return counted;
  }

  it('leaves it to others, and waits between two looks', async () => {
    const { looked, sent } = await watched(new GatewayError('Forbidden', 'demo may not decide'));
    assert.equal(sent, 1);
    assert.ok(looked >= 2 && looked <= looks, `${looked} looks`);
  });

  it('tries again when the agent did not answer', async () => {
    const { looked, sent } = await watched(new GatewayError('NoWorker', 'nobody answers'));
    assert.equal(sent, looked);
    assert.ok(looked >= 2 && looked <= looks, `${looked} looks`);
  });
});
